import ScheduleStore
import SchedulingCore

extension ClaimOutcome {
    /// Writes what a sender gets.
    func write(to writer: inout JSONWriter) {
        writer.member("items") { writer in
            writer.array(items) { writer, item in writer.object(item.write) }
        }
        writer.member("skipped") { writer in
            writer.array(skipped) { writer, skip in
                writer.object { writer in
                    writer.member("id", skip.id)
                    writer.member("skip_reason", skip.reason.rawValue)
                }
            }
        }
        writer.member("held", held)
        writer.member("unconfirmed", unconfirmed)
    }
}

extension ClaimOutcome.Item {
    /// Writes an email to send.
    func write(to writer: inout JSONWriter) {
        writer.member("id", email.id)
        writer.member("lease", lease)
        writer.member("attempt", attempt)
        writer.member("contact") { $0.object(contact.write) }
        writer.member("email_type", email.emailType)
        writer.member("email_template", email.emailTemplate)
        writer.member("sms_template", email.smsTemplate)
        writer.member("priority", email.priority)
        writer.member("scheduled_send_date", email.scheduledSendDate)
        writer.member("scheduled_send_time", email.scheduledSendTime)
        writer.member("campaign_instance_id", email.campaignInstanceID)
    }
}

extension WebhookKeys {
    /// Writes which keys are set; the keys themselves are nobody's to read.
    func write(to writer: inout JSONWriter) {
        writer.member("sendgrid_public_key", values[.sendGridPublicKey] != nil)
        writer.member("twilio_auth_token", values[.twilioAuthToken] != nil)
        writer.member("twilio_callback_url", values[.twilioCallbackURL] != nil)
        writer.member("events_secret", values[.eventsSecret] != nil)
    }
}
