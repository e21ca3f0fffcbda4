import HTTPHandling

/// What the names in a route's template stand for in a path.
struct PathParameters: Sendable, Equatable {
    private(set) var values: [(name: String, value: String)] = []

    /// Whether the same names have the same values.
    static func == (left: PathParameters, right: PathParameters) -> Bool {
        left.values.elementsEqual(right.values, by: ==)
    }

    /// Adds a name.
    mutating func append(_ name: String, _ value: String) { values.append((name, value)) }

    /// The value of a name, nil where the template does not have it.
    subscript(name: String) -> String? { values.first { $0.name == name }?.value }

    /// The id in the path.
    ///
    /// - Throws: 404 where it is no whole number from 1 up: nothing has such an id.
    func id() throws(HTTPProblem) -> Int64 {
        guard let id = self["id"].flatMap(Self.positiveInteger) else {
            throw .notFound("Ids are whole numbers from 1 up.")
        }
        return id
    }

    /// Reads digits alone, without sign or leading zero.
    static func positiveInteger(_ text: String) -> Int64? {
        guard let first = text.utf8.first, (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(first) else {
            return nil
        }
        return Int64(text)
    }
}
