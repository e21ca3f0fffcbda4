// The least that a run's work on the store can cost: the same rows, tables and indexes, and nothing decided.
//
//   scan FILE             reads both tables in order of contacts, every column that a run compares
//   change FILE PERCENT   the same, and rewrites the rows of that share of the contacts
//   copy RESULT FILE      writes the schedule rows of RESULT into FILE, whose table is empty
#include "StoreReference.h"

#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_PER_TRANSACTION 33000

#define CONTACTS "SELECT id, email, zip_code, state, birth_date, effective_date, phone_number FROM contacts ORDER BY id"
#define ROWS                                                                                                        \
    "SELECT id, contact_id, email_type, status, skip_reason, scheduled_send_date, scheduled_send_time, "            \
    "ideal_send_date, event_year, event_month, event_day, priority, campaign_instance_id, initial_schedule_id, "    \
    "email_template, sms_template FROM email_schedules ORDER BY contact_id"
#define COLUMNS                                                                                                     \
    "id, contact_id, email_type, scheduled_send_date, scheduled_send_time, status, skip_reason, priority, "         \
    "campaign_instance_id, email_template, sms_template, scheduler_run_id, event_year, event_month, event_day, "    \
    "ideal_send_date, initial_schedule_id, actual_send_datetime, metadata, created_at, updated_at, "                \
    "identity_ordinal"
#define COLUMN_COUNT 22

static void check(int ok, sqlite3 *db, const char *what) {
    if (ok) return;
    fprintf(stderr, "%s: %s\n", what, db ? sqlite3_errmsg(db) : "no database");
    exit(1);
}

static void execute(sqlite3 *db, const char *sql) { check(sqlite3_exec(db, sql, 0, 0, 0) == SQLITE_OK, db, sql); }

static sqlite3 *open_file(const char *path, int cache_KiB) {
    sqlite3 *db = 0;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    check(sqlite3_open_v2(path, &db, flags, 0) == SQLITE_OK, db, path);
    char pragma[64];
    snprintf(pragma, sizeof pragma, "PRAGMA cache_size = -%d", cache_KiB);
    execute(db, pragma);
    execute(db, "PRAGMA journal_mode = WAL");
    execute(db, "PRAGMA synchronous = NORMAL");
    execute(db, "PRAGMA wal_autocheckpoint = 16384");
    return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement = 0;
    check(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, 0) == SQLITE_OK, db, sql);
    return statement;
}

/// Looks at every column of a row, as comparing it would.
static uint64_t look(sqlite3_stmt *row, int columns, uint64_t hash) {
    for (int column = 0; column < columns; column++) {
        switch (sqlite3_column_type(row, column)) {
        case SQLITE_INTEGER:
            hash = hash * 31 + (uint64_t)sqlite3_column_int64(row, column);
            break;
        case SQLITE_TEXT: {
            const unsigned char *text = sqlite3_column_text(row, column);
            int count = sqlite3_column_bytes(row, column);
            if (count > 0) hash = hash * 31 + text[0] + text[count - 1];
            break;
        }
        default:
            break;
        }
    }
    return hash;
}

static void scan(const char *path, int percent) {
    sqlite3 *reader = open_file(path, 4096), *writer = 0;
    sqlite3_stmt *update = 0;
    if (percent > 0) {
        writer = open_file(path, 32768);
        update = prepare(writer, "UPDATE email_schedules SET status = ?, skip_reason = ?, scheduled_send_date = ?, "
                                 "scheduler_run_id = scheduler_run_id + 1, updated_at = ? WHERE id = ?");
        execute(writer, "BEGIN IMMEDIATE");
    }
    sqlite3_stmt *contacts = prepare(reader, CONTACTS), *rows = prepare(reader, ROWS);
    uint64_t hash = 0, contact_count = 0, row_count = 0, changed = 0;
    int more = sqlite3_step(rows) == SQLITE_ROW;
    while (sqlite3_step(contacts) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(contacts, 0);
        hash = look(contacts, 7, hash);
        contact_count++;
        while (more && sqlite3_column_int64(rows, 1) <= id) {
            hash = look(rows, 16, hash);
            row_count++;
            if (percent > 0 && (uint64_t)id * 0x9E3779B97F4A7C15u % 100 < (uint64_t)percent) {
                int skipped = sqlite3_column_type(rows, 4) != SQLITE_NULL;
                sqlite3_bind_text(update, 1, skipped ? "pre-scheduled" : "skipped", -1, SQLITE_STATIC);
                sqlite3_bind_text(update, 2, skipped ? 0 : "year_round_exclusion", -1, SQLITE_STATIC);
                sqlite3_bind_text(update, 3, "2026-02-03", -1, SQLITE_STATIC);
                sqlite3_bind_text(update, 4, "2026-01-05 12:00:00", -1, SQLITE_STATIC);
                sqlite3_bind_int64(update, 5, sqlite3_column_int64(rows, 0));
                check(sqlite3_step(update) == SQLITE_DONE, writer, "update");
                sqlite3_reset(update);
                if (++changed % ROWS_PER_TRANSACTION == 0) execute(writer, "COMMIT; BEGIN IMMEDIATE");
            }
            more = sqlite3_step(rows) == SQLITE_ROW;
        }
    }
    if (writer) execute(writer, "COMMIT");
    printf("contacts %llu rows %llu changed %llu hash %llx\n", (unsigned long long)contact_count,
           (unsigned long long)row_count, (unsigned long long)changed, (unsigned long long)hash);
}

static void copy(const char *result, const char *path) {
    sqlite3 *source = open_file(result, 4096), *target = open_file(path, 32768);
    sqlite3_stmt *rows = prepare(source, "SELECT " COLUMNS " FROM email_schedules ORDER BY id");
    sqlite3_stmt *insert = prepare(
        target, "INSERT INTO email_schedules (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                "?, ?, ?, ?, ?, ?)");
    uint64_t count = 0;
    execute(target, "BEGIN IMMEDIATE");
    while (sqlite3_step(rows) == SQLITE_ROW) {
        for (int column = 0; column < COLUMN_COUNT; column++)
            sqlite3_bind_value(insert, column + 1, sqlite3_column_value(rows, column));
        check(sqlite3_step(insert) == SQLITE_DONE, target, "insert");
        sqlite3_reset(insert);
        if (++count % ROWS_PER_TRANSACTION == 0) execute(target, "COMMIT; BEGIN IMMEDIATE");
    }
    execute(target, "COMMIT");
    printf("rows %llu\n", (unsigned long long)count);
}

int store_reference(int count, char *const *arguments) {
    if (count == 2 && !strcmp(arguments[0], "scan")) scan(arguments[1], 0);
    else if (count == 3 && !strcmp(arguments[0], "change")) scan(arguments[1], atoi(arguments[2]));
    else if (count == 3 && !strcmp(arguments[0], "copy")) copy(arguments[1], arguments[2]);
    else {
        fprintf(stderr, "expected: scan FILE | change FILE PERCENT | copy RESULT FILE\n");
        return 64;
    }
    return 0;
}
