//! Notices, carried to those who asked for them: by e-mail, and by webhook (Standard Webhooks).
//!
//! A [`Carrier`] puts new notices on their way to each contact and tries what is due. What became of an attempt is
//! written down at once, so that a restart loses nothing: what was under way when a process died is tried again when
//! its claim runs out, under the same id. Several nodes share the work by their claims.
//!
//! # Decisions
//!
//! - **A delivery belongs to one contact.** A receiver that fails holds up nobody else's notices.
//! - **A receiver is tried for two and a half days**, at intervals from seconds to fourteen hours, each longer or
//!   shorter by a fifth at random, so that those who were all cut off don't all come back at once. Then the delivery is
//!   dead, and somebody may send it again. A webhook that answers 410 has said that it is gone, and is disabled.
//! - **No secret is in a message.** What is told is what a reader of the organisation's keys may see.

mod carrier;
mod email;
mod letter;
mod letter_of_plan;
mod retry;
mod tell;
mod webhook;

pub use carrier::{Carrier, Channels, Counted};
pub use email::{Mailer, SmtpSettings, SmtpSettingsFault};
pub use letter::{Letter, letter};
pub use tell::{QuotaUse, tell_anomaly, tell_quota, tell_shared_quota};
pub use webhook::{Post, Posting};
