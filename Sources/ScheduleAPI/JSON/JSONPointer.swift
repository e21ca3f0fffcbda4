/// A place in a JSON text (RFC 6901).
package struct JSONPointer: Sendable, Equatable, CustomStringConvertible {
    /// Its text: empty for the whole.
    package private(set) var description = ""

    /// The whole text.
    static let root = JSONPointer()

    /// The member of an object.
    func member(_ name: String) -> JSONPointer {
        var pointer = self
        pointer.description += "/"
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": pointer.description += "~0"
            case "/": pointer.description += "~1"
            default: pointer.description.unicodeScalars.append(scalar)
            }
        }
        return pointer
    }

    /// The element of an array, counted from 0.
    func element(_ index: Int) -> JSONPointer {
        var pointer = self
        pointer.description += "/\(index)"
        return pointer
    }
}
