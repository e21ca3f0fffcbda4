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

/// What the system said when a connection last could not write its log, or else its file; 0 where it always could.
static inline int sqlite_settings_last_write_error(sqlite3 *connection) {
    sqlite3_file *log = 0;
    int number = 0;
    if (sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK && log
        && log->pMethods) {
        log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &number);
    }
    if (number == 0) sqlite3_file_control(connection, "main", SQLITE_FCNTL_LAST_ERRNO, &number);
    return number;
}
