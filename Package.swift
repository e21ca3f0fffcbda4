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

let package = Package(
    name: "email-scheduler",
    products: [
        .library(name: "SchedulingCore", targets: ["SchedulingCore"])
    ],
    targets: [
        .target(
            name: "SchedulingCore",
            resources: [.embedInCode("Resources/zip_state_ranges.csv")],
            swiftSettings: strict + [.strictMemorySafety()])
    ]
)
