// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// The speed of runs and imports, apart from what the HTTP server is measured against: what CI builds must be small.
let package = Package(
    name: "StoreSpeed",
    products: [
        .library(name: "BenchmarkSupport", targets: ["BenchmarkSupport"]),
        .library(name: "StoreSpeed", targets: ["StoreSpeed"]),
        .executable(name: "store-speed", targets: ["store-speed"]),
    ],
    dependencies: [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")],
    targets: [
        .target(name: "BenchmarkSupport", swiftSettings: strict),
        .target(name: "StoreReference", linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(
            name: "StoreSpeed",
            dependencies: [
                "BenchmarkSupport", "StoreReference",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "store-speed",
            dependencies: ["StoreSpeed", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: strict),
    ]
)
