// Preloaded into a service, a machine whose clock can be set, and whose disk is known to hold only what was synced.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

// MACHINE_CLOCK names a file with the seconds that the clock is ahead, an int64_t.
static const volatile int64_t *ahead_s;

__attribute__((constructor)) static void start(void) {
    const char *path = getenv("MACHINE_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *map = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    if (map != MAP_FAILED) ahead_s = map;
    close(file);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && clock == CLOCK_REALTIME && ahead_s) now->tv_sec += *ahead_s;
    return result;
}

time_t time(time_t *result) {
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict result, void *restrict zone) {
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    result->tv_sec = now.tv_sec;
    result->tv_usec = now.tv_nsec / 1000;
    return 0;
}

// MACHINE_DISK names a directory for copies of database files and logs as they were when last synced.
static void keep(int file) {
    const char *directory = getenv("MACHINE_DISK");
    char link[64], path[4096], copy[4096], unfinished[4096];
    struct stat status;
    if (!directory || fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return;
    path[length] = 0;
    const char *name = strrchr(path, '/') + 1;
    size_t end = strlen(name);
    int is_log = end > 4 && strcmp(name + end - 4, "-wal") == 0;
    if (!is_log && !(end > 8 && strcmp(name + end - 8, ".sqlite3") == 0)) return;
    snprintf(copy, sizeof copy, "%s/%s", directory, name);
    snprintf(unfinished, sizeof unfinished, "%s.%ld", copy, (long)syscall(SYS_gettid));
    int target = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (target < 0) abort();
    static __thread char buffer[65536];
    off_t offset = 0;
    ssize_t count;
    while ((count = pread(file, buffer, sizeof buffer, offset)) > 0) {
        if (write(target, buffer, (size_t)count) != count) abort();
        offset += count;
    }
    close(target);
    if (rename(unfinished, copy) != 0) abort();
}

static int synced(int file, int result) {
    int number = errno;
    if (result == 0) keep(file);
    errno = number;
    return result;
}

int fsync(int file) { return synced(file, (int)syscall(SYS_fsync, file)); }
int fdatasync(int file) { return synced(file, (int)syscall(SYS_fdatasync, file)); }
