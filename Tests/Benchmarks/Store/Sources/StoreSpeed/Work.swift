/// One kind of work that both sides do, each on a fresh copy of the same file.
enum Work: String, CaseIterable {
    case firstRun = "first full run"
    case unchanged = "run, nothing changed"
    case changed = "run, 2 % changed"
    case fileImport = "import of CSV"
    case secondImport = "import, the same again"

    /// What stands on the other side of the ratio.
    var reference: String {
        switch self {
        case .firstRun: "C inserts the same rows"
        case .unchanged: "C scans both tables"
        case .changed: "C scans and writes 2 %"
        case .fileImport, .secondImport: "sqlite3 .import"
        }
    }

    /// The service's side.
    func ours(in space: Workspace) throws -> Measurement {
        switch self {
        case .firstRun:
            try space.copy("contacts.db", to: "ours.db")
            return try space.run("ours.db")
        case .unchanged:
            try space.copy("planned.db", to: "ours.db")
            return try space.run("ours.db")
        case .changed:
            try space.copy("changed.db", to: "ours.db")
            return try space.run("ours.db")
        case .fileImport:
            space.removeDatabase("ours.db")
            return try importing(in: space)
        case .secondImport:
            try space.copy("contacts.db", to: "ours.db")
            return try importing(in: space)
        }
    }

    private func importing(in space: Workspace) throws -> Measurement {
        try space.scheduler("import", "--db", space.path("ours.db"), space.path("contacts.csv"))
    }

    /// The other side.
    func theirs(in space: Workspace) throws -> Measurement {
        switch self {
        case .firstRun:
            try space.copy("contacts.db", to: "theirs.db")
            return try space.reference("copy", space.path("planned.db"), space.path("theirs.db"))
        case .unchanged:
            try space.copy("planned.db", to: "theirs.db")
            return try space.reference("scan", space.path("theirs.db"))
        case .changed:
            try space.copy("planned.db", to: "theirs.db")
            return try space.reference("change", space.path("theirs.db"), "2")
        case .fileImport, .secondImport:
            space.removeDatabase("theirs.db")
            try space.sqlite("theirs.db", Work.contactsSchema)
            return try space.sqlite(
                "theirs.db", "PRAGMA synchronous = NORMAL",
                ".import --csv --skip 1 \(space.path("contacts.csv")) contacts")
        }
    }

    /// The columns of the file in their order, with the indexes of ours.
    private static let contactsSchema = """
        PRAGMA journal_mode = WAL;
        CREATE TABLE contacts (id INTEGER PRIMARY KEY AUTOINCREMENT, first_name TEXT, last_name TEXT, email TEXT,
            zip_code TEXT, state TEXT, birth_date TEXT, effective_date TEXT, phone_number TEXT);
        CREATE INDEX contacts_email ON contacts (email COLLATE NOCASE);
        """
}
