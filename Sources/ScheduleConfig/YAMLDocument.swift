import Yams

/// Reads a YAML text into values with their places. Everything that has a place is reported at once; a text
/// that is no YAML has one mistake, the first.
struct YAMLDocument {
    /// Bytes a file may have.
    static let maximumBytes = 1 << 20
    /// Values a file may have once its aliases are followed.
    static let maximumValues = 50_000
    /// How deep values may lie in one another.
    static let maximumDepth = 32

    /// A mistake in the text itself.
    struct Problem: Error {
        var mark = YAMLValue.Mark(line: 0, column: 0)
        var keyPath = ""
        var found: String
        var expected: String
    }

    /// The document's value; nil for a text without any.
    private(set) var root: YAMLValue?
    /// Mistakes that did not keep the rest from being read.
    private(set) var problems: [Problem] = []

    private var valueCount = 0
    private var renamedKeys: [String: DuplicateKeys.Renamed] = [:]

    /// Reads a file's bytes.
    init(_ bytes: [UInt8]) throws(Problem) {
        guard bytes.count <= YAMLDocument.maximumBytes else {
            throw Problem(found: "\(bytes.count) bytes", expected: "at most \(YAMLDocument.maximumBytes)")
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw YAMLDocument.invalidUTF8(bytes)
        }
        let text =
            decoded.unicodeScalars.first == "\u{FEFF}" ? String(decoded.unicodeScalars.dropFirst()) : decoded
        try AliasCheck.check(text)
        guard let node = try compose(text) else { return }
        root = try convert(node, path: "", depth: 0)
    }

    private static func invalidUTF8(_ bytes: [UInt8]) -> Problem {
        var line = 1
        for part in bytes.split(separator: 10, omittingEmptySubsequences: false) {
            if String(validating: part, as: UTF8.self) == nil { break }
            line += 1
        }
        return Problem(
            mark: YAMLValue.Mark(line: line, column: 1), found: "bytes that are not UTF-8",
            expected: "a file in UTF-8")
    }

    /// The document's node. A key that is given twice is renamed, and reading starts anew, until none is left.
    private mutating func compose(_ text: String) throws(Problem) -> Node? {
        var keys = DuplicateKeys(text)
        while true {
            do {
                return try Parser(yaml: keys.text, resolver: .basic, encoding: .utf8).singleRoot()
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                let mark = YAMLValue.Mark(line: context.mark.line, column: context.mark.column)
                let name = names.first ?? ""
                if let renamed = keys.renameNext(name, after: mark) {
                    renamedKeys[renamed.newName] = renamed
                } else {
                    throw Problem(
                        mark: mark, keyPath: name, found: "the key \(YAMLValue.quote(name)) more than once",
                        expected: "each key once")
                }
            } catch {
                throw YAMLDocument.problem(of: error, in: keys.text)
            }
        }
    }

    private static func problem(of error: any Error, in text: String) -> Problem {
        var problem = Problem(found: "\(error)", expected: "well-formed YAML")
        switch error {
        case YamlError.scanner(let context, let message, let mark, _),
            YamlError.parser(let context, let message, let mark, _),
            YamlError.composer(let context, let message, let mark, _):
            let words = [context?.text, message].compactMap { $0 }.joined(separator: ", ")
            problem.found = words.hasPrefix("found ") ? String(words.dropFirst(6)) : words
            problem.mark = YAMLValue.Mark(line: mark.line, column: mark.column)
        case YamlError.reader(let message, let offset, _, _):
            problem.found = message
            let before = text.prefix(offset ?? 0)
            problem.mark.line = before.count { $0.isNewline } + 1
            problem.mark.column = before.reversed().prefix { !$0.isNewline }.count + 1
        default: break
        }
        return problem
    }

    private mutating func convert(_ node: Node, path: String, depth: Int) throws(Problem) -> YAMLValue {
        let mark = YAMLDocument.mark(of: node)
        valueCount += 1
        guard valueCount <= YAMLDocument.maximumValues else {
            throw Problem(
                mark: mark, keyPath: path, found: "more than \(YAMLDocument.maximumValues) values",
                expected: "a configuration; aliases may not multiply it")
        }
        guard depth <= YAMLDocument.maximumDepth else {
            throw Problem(
                mark: mark, keyPath: path, found: "values more than \(YAMLDocument.maximumDepth) deep",
                expected: "a configuration")
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            let isNull = isPlain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return YAMLValue(content: isNull ? .null : .scalar(scalar.string, isPlain: isPlain), mark: mark)
        case .sequence(let sequence):
            var values: [YAMLValue] = []
            for (index, item) in sequence.enumerated() {
                values.append(try convert(item, path: "\(path)[\(index)]", depth: depth + 1))
            }
            return YAMLValue(content: .list(values), mark: mark)
        case .mapping(let mapping):
            return YAMLValue(content: .map(try entries(of: mapping, path, depth)), mark: mark)
        case .alias:
            throw Problem(mark: mark, keyPath: path, found: "an alias of nothing", expected: "a value")
        }
    }

    /// The entries of a mapping: its own, then those merged in with `<<` whose keys it does not have.
    private mutating func entries(
        of mapping: Node.Mapping, _ path: String, _ depth: Int
    ) throws(Problem) -> [YAMLValue.Entry] {
        var entries: [YAMLValue.Entry] = []
        var merged: [YAMLValue.Entry] = []
        for (key, value) in mapping {
            let mark = YAMLDocument.mark(of: key)
            guard case .scalar(let scalar) = key else {
                problems.append(
                    Problem(mark: mark, keyPath: path, found: "a key that is no name", expected: "a name"))
                continue
            }
            let name = scalar.string
            let inner = path.isEmpty ? name : "\(path).\(name)"
            if let renamed = renamedKeys[name] {
                problems.append(
                    Problem(
                        mark: mark, keyPath: path.isEmpty ? renamed.name : "\(path).\(renamed.name)",
                        found:
                            "the key \(YAMLValue.quote(renamed.name)) again, first given in line \(renamed.line)",
                        expected: "each key once"))
                continue
            }
            let converted = try convert(value, path: inner, depth: depth + 1)
            if name == "<<", scalar.style == .plain {
                merged += merge(converted, path: inner)
            } else {
                entries.append(YAMLValue.Entry(name: name, mark: mark, value: converted))
            }
        }
        var names = Set(entries.map(\.name))
        return entries + merged.filter { names.insert($0.name).inserted }
    }

    /// The entries that `<<` brings in: of a mapping, or of several, the first of which counts.
    private mutating func merge(_ value: YAMLValue, path: String) -> [YAMLValue.Entry] {
        switch value.content {
        case .map(let entries): return entries
        case .list(let values): return values.flatMap { merge($0, path: path) }
        default:
            problems.append(
                Problem(mark: value.mark, keyPath: path, found: value.found, expected: "a mapping to merge"))
            return []
        }
    }

    private static func mark(of node: Node) -> YAMLValue.Mark {
        YAMLValue.Mark(line: node.mark?.line ?? 0, column: node.mark?.column ?? 0)
    }
}
