#include <linux/fs.h>
#include <sys/types.h>

// The C library shows it only where GNU's extensions were asked for before anything was included.

/// Has the system begin to write what it holds of a file, or wait for it.
extern int sync_file_range(int file, off_t offset, off_t count, unsigned int flags);
