// swift-tools-version: 6.2
import PackageDescription

/// A package of its own, so that whoever builds the service does not build what it is measured against.
let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(name: "email-scheduler", path: "../.."),
        .package(name: "StoreSpeed", path: "Store"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    ],
    targets: [
        .target(name: "CAllocationCount"),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "CAllocationCount",
                .product(name: "HTTPServer", package: "email-scheduler"),
                .product(name: "SchedulingCore", package: "email-scheduler"),
                .product(name: "BenchmarkSupport", package: "StoreSpeed"),
                .product(name: "StoreSpeed", package: "StoreSpeed"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ],
            swiftSettings: [
                .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"), .treatAllWarnings(as: .error),
            ]),
    ]
)
