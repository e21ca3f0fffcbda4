import HTTPHandling
import HTTPTypes
import ScheduleAPI
import ScheduleJobs
import ScheduleStore
import ScheduleStoreSQLite
import Testing

@Suite struct ContractTests {
    private let contract = Contract.shared

    @Test func `the contract has exactly the routes of the table`() {
        let routes = RouteTable.routes.map { "\($0.method.rawValue) \($0.template)" }
        #expect(contract.operations.keys.sorted() == routes.sorted())
    }

    @Test(arguments: RouteTable.routes.indices)
    func `an operation has its route's parameters and access`(index: Int) throws {
        let route = RouteTable.routes[index]
        let operation = try #require(contract.operations["\(route.method.rawValue) \(route.template)"])
        let parameters = (operation["parameters"] as? [Any] ?? []).map(contract.resolve)
        let names = { (place: String) in
            parameters.filter { $0["in"] as? String == place }.compactMap { $0["name"] as? String }
        }
        #expect(names("query").sorted() == route.query.map(\.rawValue).sorted())
        let variables = route.template.split(separator: "/").filter { $0.hasPrefix("{") }
        #expect(names("path") == variables.map { String($0.dropFirst().dropLast()) })

        #expect(names("header").contains("Idempotency-Key") == (route.method == .post))

        let security = operation["security"] as? [[String: [String]]] ?? []
        #expect(security.flatMap { $0["bearer"] ?? [] } == (route.access.scope.map { [$0.rawValue] } ?? []))
        #expect(operation["operationId"] is String)
    }

    @Test(arguments: RouteTable.routes.indices)
    func `an operation describes the failures that its route can have`(index: Int) throws {
        let route = RouteTable.routes[index]
        let operation = try #require(contract.operations["\(route.method.rawValue) \(route.template)"])
        let responses = operation["responses"] as? [String: Any] ?? [:]
        var expected: Set<String> = ["400", "default"]
        if route.access != .open { expected.formUnion(["401", "403", "500", "503"]) }
        if route.template.contains("{") { expected.insert("404") }
        if route.method == .post, route.access != .open { expected.formUnion(["409", "422"]) }
        if operation["requestBody"] != nil { expected.formUnion(["408", "415"]) }
        #expect(expected.subtracting(responses.keys).isEmpty)
    }

    @Test func `every kind of problem is described`() {
        let schemas = (contract.root["components"] as? [String: Any])?["schemas"] as? [String: Any]
        let type = contract.resolve(schemas?["Problem"])["properties"] as? [String: [String: Any]]
        let described = type?["type"]?["enum"] as? [String] ?? []
        #expect(described.sorted() == (ProblemKind.allCases.map(\.uri) + ["about:blank"]).sorted())
    }

    @Test func `states and kinds of runs are those of the code`() {
        let schemas = (contract.root["components"] as? [String: Any])?["schemas"] as? [String: Any]
        let run = contract.resolve(schemas?["Run"])["properties"] as? [String: [String: Any]]
        #expect(run?["state"]?["enum"] as? [String] == RunRecord.State.allCases.map(\.rawValue))
        #expect(run?["kind"]?["enum"] as? [String] == RunRecord.Kind.allCases.map(\.rawValue))
    }

    @Test func `every parameter is used, and every reference leads somewhere`() {
        var dangling: [String] = []
        func visit(_ value: Any) {
            if let object = value as? [String: Any] {
                if let reference = object["$ref"] as? String, contract.resolve(object).isEmpty {
                    dangling.append(reference)
                }
                object.values.forEach(visit)
            } else if let array = value as? [Any] {
                array.forEach(visit)
            }
        }
        visit(contract.root)
        #expect(dangling.isEmpty)
        let used = Set(RouteTable.routes.flatMap(\.query))
        #expect(used == Set(QueryParameter.allCases))
    }
}
