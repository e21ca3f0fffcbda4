#include <sqlite3.h>

// Functions of the library that take a variable number of arguments, which Swift cannot call.

/// Makes the library not count its memory, which takes a lock at each allocation.
static inline int sqlite_settings_without_memory_statistics(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/// Turns the triggers of a connection on or off.
static inline int sqlite_settings_triggers(sqlite3 *connection, int on) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, on, (int *)0);
}
