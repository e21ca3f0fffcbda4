// swift-tools-version: 6.2
import PackageDescription

/// Every target: Swift 6 mode, explicit existentials and imports, no warning left standing.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]
/// Targets without I/O also mark every use of unsafe memory.
let pure = strict + [.strictMemorySafety()]

let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let grdb: [Target.Dependency] = [
    .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
]

let package = Package(
    name: "email-scheduler",
    products: [
        .executable(name: "email-scheduler", targets: ["EmailScheduler"]),
        .library(name: "SchedulingCore", targets: ["SchedulingCore"]),
        .library(name: "HTTPServer", targets: ["HTTPServer", "HTTPHandling"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(
            name: "SchedulingCore", resources: [.embedInCode("Resources/zip_state_ranges.csv")],
            swiftSettings: pure),
        .target(name: "ScheduleStore", dependencies: ["SchedulingCore"], swiftSettings: strict),
        .target(
            name: "ScheduleStoreSQLite",
            dependencies: ["CSQLiteSettings", "CSyncFileRange", "ScheduleStore", "SchedulingCore", logging]
                + grdb,
            swiftSettings: strict),
        .systemLibrary(name: "CEpoll"),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CSQLiteSettings", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CSyncFileRange"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "HTTPHandling", dependencies: ["CZlib", httpTypes], swiftSettings: strict),
        .target(name: "HTTPWire", dependencies: ["HTTPHandling", httpTypes], swiftSettings: pure),
        .target(
            name: "HTTPServer", dependencies: ["CEpoll", "HTTPHandling", "HTTPWire", httpTypes, logging],
            swiftSettings: strict),
        .target(name: "ScheduleConfig", dependencies: ["SchedulingCore", "Yams"], swiftSettings: strict),
        .target(
            name: "ScheduleJobs",
            dependencies: ["ScheduleConfig", "ScheduleStore", "SchedulingCore", logging],
            swiftSettings: strict),
        .target(
            name: "ScheduleAPI",
            dependencies: [
                "ScheduleConfig", "ScheduleJobs", "ScheduleStore", "SchedulingCore", "HTTPHandling",
                httpTypes,
                logging,
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            resources: [.embedInCode("Resources/openapi.yaml"), .embedInCode("Resources/dashboard")],
            swiftSettings: strict),
        .executableTarget(
            name: "EmailScheduler",
            dependencies: [
                "CMalloc", "ScheduleAPI", "ScheduleJobs", "ScheduleStore", "ScheduleStoreSQLite",
                "ScheduleConfig", "SchedulingCore", "HTTPServer", "HTTPHandling", httpTypes, logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(name: "SeededRandomness", path: "Tests/SeededRandomness", swiftSettings: pure),
        .testTarget(
            name: "SchedulingCoreTests", dependencies: ["SchedulingCore", "SeededRandomness"],
            swiftSettings: strict),
        .target(
            name: "StoreConformance", dependencies: ["ScheduleStore", "SchedulingCore", "SeededRandomness"],
            path: "Tests/StoreConformance", swiftSettings: strict),
        .testTarget(
            name: "ScheduleStoreSQLiteTests",
            dependencies: [
                "ScheduleStoreSQLite", "ScheduleStore", "SchedulingCore", "SeededRandomness",
                "StoreConformance",
            ] + grdb,
            swiftSettings: strict),
        .testTarget(
            name: "HTTPWireTests", dependencies: ["HTTPHandling", "HTTPWire", httpTypes],
            swiftSettings: strict),
        .testTarget(
            name: "HTTPServerTests",
            dependencies: ["CZlib", "HTTPHandling", "HTTPServer", "HTTPWire", httpTypes, logging],
            swiftSettings: strict),
        .testTarget(
            name: "ScheduleConfigTests", dependencies: ["ScheduleConfig", "SchedulingCore"],
            swiftSettings: strict),
        .testTarget(
            name: "ScheduleJobsTests",
            dependencies: [
                "ScheduleConfig", "ScheduleJobs", "ScheduleStore", "ScheduleStoreSQLite", "SchedulingCore",
                "StoreConformance", logging,
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ScheduleAPITests",
            dependencies: [
                "ScheduleAPI", "ScheduleConfig", "ScheduleJobs", "ScheduleStore", "ScheduleStoreSQLite",
                "SchedulingCore", "SeededRandomness", "StoreConformance", "HTTPHandling", "HTTPWire", "Yams",
                httpTypes, logging,
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EmailSchedulerTests",
            dependencies: [
                "EmailScheduler", "HTTPServer", "ScheduleAPI", "SchedulingCore",
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["SeededRandomness", .product(name: "Crypto", package: "swift-crypto")],
            path: "Tests/EndToEnd",
            exclude: ["Faults/machine.c", "Reference", "Schemathesis"],
            swiftSettings: strict),
    ]
)
