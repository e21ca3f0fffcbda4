#include <sqlite3.h>

/// Turns the triggers of a connection on or off. The library's own function takes a variable list of arguments, which
/// Swift cannot call.
static inline int sqlite_config_triggers(sqlite3 *connection, int on) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, on, (int *)0);
}
