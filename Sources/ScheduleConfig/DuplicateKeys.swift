/// Gives the second of two equal keys in a YAML mapping another name of the same length, so that the text can
/// be read on with all its places unchanged: the parser below stops at the first such key.
struct DuplicateKeys {
    /// A key that was renamed.
    struct Renamed {
        /// As it stands in the file.
        var name: String
        /// As it is called now: letters that no file has a use for.
        var newName: String
        /// The line of the key that came first.
        var line: Int
    }

    /// How many keys are renamed before it is enough.
    static let maximum = 20

    private var lines: [[Unicode.Scalar]]
    private var count: UInt32 = 0

    init(_ text: String) {
        lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0) }
    }

    /// The text with the keys renamed so far.
    var text: String {
        var text = String.UnicodeScalarView()
        for (index, line) in lines.enumerated() {
            if index > 0 { text.append("\n") }
            text.append(contentsOf: line)
        }
        return String(text)
    }

    /// Renames the next key with a name in the mapping in which the first stands at a mark; nil where it is
    /// not found.
    mutating func renameNext(_ name: String, after mark: YAMLValue.Mark) -> Renamed? {
        let letters = Array(name.unicodeScalars)
        guard count < DuplicateKeys.maximum, !letters.isEmpty, mark.line >= 1, mark.line <= lines.count,
            mark.column >= 1, let letter = Unicode.Scalar(0xE000 + count),
            let place = nextInBlock(letters, mark) ?? nextInFlow(letters, mark)
        else { return nil }
        count += 1
        for position in place.column..<place.column + letters.count { lines[place.line][position] = letter }
        let newName = String(repeating: Character(letter), count: letters.count)
        return Renamed(name: name, newName: newName, line: mark.line)
    }

    /// A key in block style stands in the same column, with nothing less indented between.
    private func nextInBlock(_ name: [Unicode.Scalar], _ mark: YAMLValue.Mark) -> (line: Int, column: Int)? {
        let column = mark.column - 1
        for index in lines.indices.dropFirst(mark.line) {
            let line = lines[index]
            guard let first = line.firstIndex(where: { $0 != " " && $0 != "\r" }), line[first] != "#" else {
                continue
            }
            if first < column { return nil }
            if first == column, let start = key(name, in: line, at: column) { return (index, start) }
        }
        return nil
    }

    /// A key in flow style stands between the same braces.
    private func nextInFlow(_ name: [Unicode.Scalar], _ mark: YAMLValue.Mark) -> (line: Int, column: Int)? {
        var depth = 0
        for index in lines.indices.dropFirst(mark.line - 1) {
            let line = lines[index]
            var column = index == mark.line - 1 ? mark.column - 1 + name.count : 0
            while column < line.count {
                let scalar = line[column]
                if "{[".unicodeScalars.contains(scalar) { depth += 1 }
                if "}]".unicodeScalars.contains(scalar) { depth -= 1 }
                if depth < 0 { return nil }
                let isStart = column == 0 || ", {".unicodeScalars.contains(line[column - 1])
                if depth == 0, isStart, let start = key(name, in: line, at: column) { return (index, start) }
                column += 1
            }
        }
        return nil
    }

    /// Where the letters of a key begin, in quotes or not, if it stands at a position with its colon behind.
    private func key(_ name: [Unicode.Scalar], in line: [Unicode.Scalar], at position: Int) -> Int? {
        guard position < line.count else { return nil }
        let isQuoted = line[position] == "\"" || line[position] == "'"
        let start = isQuoted ? position + 1 : position
        var rest = line.dropFirst(start)
        guard rest.starts(with: name) else { return nil }
        rest = rest.dropFirst(name.count)
        if isQuoted {
            guard rest.first == line[position] else { return nil }
            rest = rest.dropFirst()
        }
        return rest.drop { $0 == " " }.first == ":" ? start : nil
    }
}
