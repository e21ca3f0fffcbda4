public import ArgumentParser
public import Logging
public import ScheduleStore

extension Durability: ExpressibleByArgument {}
extension Logger.Level: @retroactive ExpressibleByArgument {}
