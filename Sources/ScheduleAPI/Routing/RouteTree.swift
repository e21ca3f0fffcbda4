import HTTPTypes

/// Finds the route of a path: a tree of path segments, where a fixed segment goes before a name.
struct RouteTree: Sendable {
    /// What is found under a path.
    struct Match: Sendable {
        /// The routes of the resource, by method.
        let methods: [String: Route]
        /// What the names stand for.
        let parameters: PathParameters

        /// The path of the resource, with names in braces for what varies.
        var template: String { methods.values.first?.template ?? "" }

        /// The methods it has, for `Allow`.
        var allowed: String { RouteTree.allowed(Set(methods.keys)) }

        /// The route of a method; HEAD is answered as GET is.
        func route(_ method: HTTPRequest.Method) -> Route? {
            methods[method == .head ? "GET" : method.rawValue]
        }
    }

    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var variable: (name: String, node: Int)?
        var methods: [String: Route] = [:]
    }

    private var nodes = [Node()]

    /// A tree of routes.
    init(_ routes: [Route]) {
        for route in routes {
            var node = 0
            for segment in route.template.split(separator: "/") { node = child(of: node, segment) }
            nodes[node].methods[route.method.rawValue] = route
        }
    }

    private mutating func child(of node: Int, _ segment: Substring) -> Int {
        let isVariable = segment.hasPrefix("{")
        let name = String(isVariable ? segment.dropFirst().dropLast() : segment)
        if let known = isVariable ? nodes[node].variable?.node : nodes[node].literals[name] { return known }
        nodes.append(Node())
        let new = nodes.count - 1
        if isVariable { nodes[node].variable = (name, new) } else { nodes[node].literals[name] = new }
        return new
    }

    /// The methods that some resource has, for the `Allow` of `OPTIONS *`.
    var allowed: String { Self.allowed(Set(nodes.flatMap(\.methods.keys))) }

    /// HEAD comes with GET, OPTIONS with everything.
    private static func allowed(_ methods: Set<String>) -> String {
        methods.union(methods.contains("GET") ? ["HEAD", "OPTIONS"] : ["OPTIONS"]).sorted()
            .joined(separator: ", ")
    }

    /// The resource of a decoded path; nil where there is none.
    func match(_ segments: [String]) -> Match? {
        var node = 0
        var parameters = PathParameters()
        for segment in segments {
            if let next = nodes[node].literals[segment] {
                node = next
            } else if let (name, next) = nodes[node].variable, !segment.isEmpty {
                parameters.append(name, segment)
                node = next
            } else {
                return nil
            }
        }
        return nodes[node].methods.isEmpty ? nil : Match(methods: nodes[node].methods, parameters: parameters)
    }
}
