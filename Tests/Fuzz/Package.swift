// swift-tools-version: 6.2
import PackageDescription

/// The HTTP modules once more, instrumented for libFuzzer, with what feeds them. From the top of the repository:
///
/// ```
/// swift build -c release --package-path Tests/Fuzz
/// Tests/Fuzz/.build/release/ConversationFuzzer -max_total_time=3600 -max_len=4096 FOUND Tests/Fuzz/Corpus
/// ```
/// where FOUND is a directory that takes new inputs.
let instrumented: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("InternalImportsByDefault"),
    .unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"]),
]
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")

let package = Package(
    name: "email-scheduler",
    dependencies: [
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .systemLibrary(name: "CEpoll"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "HTTPHandling", dependencies: ["CZlib", httpTypes], swiftSettings: instrumented),
        .target(name: "HTTPWire", dependencies: ["HTTPHandling", httpTypes], swiftSettings: instrumented),
        .target(
            name: "HTTPServer",
            dependencies: [
                "CEpoll", "HTTPHandling", "HTTPWire", httpTypes,
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: instrumented),
        .target(
            name: "Conversations", dependencies: ["HTTPHandling", "HTTPServer", "HTTPWire", httpTypes],
            swiftSettings: instrumented),
        // Of C, as a Swift one would bring a main function of its own.
        .executableTarget(
            name: "ConversationFuzzer", dependencies: ["Conversations"],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]),
    ]
)
