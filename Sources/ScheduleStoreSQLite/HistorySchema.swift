/// The tables and indexes of an organisation's history: what `organization-6` brings, frozen.
enum HistorySchema {
    /// Configurations of ours are those of these types; rows of other types are another program's.
    static let creation = """
        CREATE UNIQUE INDEX config_versions_ours ON config_versions (version)
            WHERE config_type IN ('email-scheduler:file', 'email-scheduler:organization');
        """
}
