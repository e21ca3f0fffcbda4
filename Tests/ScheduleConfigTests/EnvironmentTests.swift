import ScheduleConfig
import SchedulingCore
import Testing

@Suite struct EnvironmentTests {
    @Test func variablesOverrideTheFile() throws {
        let settings = try settings(
            "load_balancing: {period_days: 3}\ntime_zone: America/Denver",
            environment: [
                "EMAIL_SCHEDULER_LOAD_BALANCING_PERIOD_DAYS": "9",
                "EMAIL_SCHEDULER_TIME_ZONE": "America/New_York",
                "EMAIL_SCHEDULER_TIMING_CONSTANTS_SEND_TIME": "09:00",
                "EMAIL_SCHEDULER_RUNS_DAILY_AT": "01:00",
                "EMAIL_SCHEDULER_FEATURES_ENABLE_SMS": "true", "EMAIL_SCHEDULER_PORT": "80",
                "EMAIL_SCHEDULER_DURABILITY": "", "PATH": "/bin",
            ])
        #expect(settings.policy.load.periodDays == 9 && settings.timeZone == "America/New_York")
        #expect(settings.policy.timing.sendTime == "09:00:00" && settings.runs.dailyAt == "01:00")
        #expect(settings.policy.enablesSMS)
    }

    @Test func theExtensionCanComeFromAVariable() throws {
        let name = "EMAIL_SCHEDULER_TIMING_CONSTANTS_PRE_WINDOW_EXCLUSION_DAYS"
        let rules = try Settings(environment: [name: "5"]).policy.stateRules
        #expect(rules["CA"]?.windows.first?.preWindowExtensionDays == 5)
    }

    @Test func mistakesAreLocatedByTheVariable() {
        #expect(
            problems(
                "", environment: ["EMAIL_SCHEDULER_DURABILITY": "ful", "EMAIL_SCHEDULER_RUNS_DAYLY_AT": "x"])
                == [
                    "EMAIL_SCHEDULER_DURABILITY: durability: found “ful”, expected normal or full; did you mean “full”?",
                    "EMAIL_SCHEDULER_RUNS_DAYLY_AT: found a variable for no key, expected the name of a key; "
                        + "did you mean “EMAIL_SCHEDULER_RUNS_DAILY_AT”?",
                ])
    }

    @Test func aRightVariableDoesNotHideAMistakeInTheFile() {
        let found = problems("durability: no", environment: ["EMAIL_SCHEDULER_DURABILITY": "full"])
        #expect(found == ["f:1:13: durability: found “no”, expected normal or full"])
    }
}
