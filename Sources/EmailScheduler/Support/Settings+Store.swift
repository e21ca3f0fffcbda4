import ScheduleConfig
import ScheduleStore

extension Settings {
    /// What an acknowledged write survives, in the store's words.
    var storeDurability: ScheduleStore.Durability {
        switch durability {
        case .normal: .normal
        case .full: .full
        }
    }
}
