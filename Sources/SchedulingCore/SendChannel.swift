/// By what an email is sent. A row with two templates is handed to one sender of each channel.
public enum SendChannel: String, CaseIterable, Sendable {
    /// To the e-mail address: rows with an email template, and those without any template.
    case email
    /// To the phone, as a text message: rows with an SMS template.
    case sms
}
