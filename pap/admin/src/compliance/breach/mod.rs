//! The breach of one key: all that is known of its use in a stretch of time, as GDPR article 33 asks for it.

mod facts;
mod sections;

pub(crate) use facts::Breach;

use super::report::{ComplianceReport, Summary};
use super::{ControlReport, Framework};
use crate::view::Time;

/// What such a report says of itself.
const STATEMENT: &str = "What the system knows of the use of one key, for whoever has to tell an authority within 72 \
    hours what was breached (GDPR, article 33). Whose data lies behind the resources, and what follows for them, only \
    their controller knows.";

impl Breach {
    /// The report, a control for each question.
    pub(crate) fn report(self) -> ComplianceReport {
        let controls: Vec<ControlReport> = sections::all(&self);
        ComplianceReport {
            framework: Framework::Breach,
            title: Framework::Breach.title(),
            statement: STATEMENT,
            organisation: Some(self.key.organisation_name.clone()),
            key: Some(self.key.path()),
            from: Time(self.period.0),
            to: Time(self.period.1),
            at: Time(self.now),
            summary: Summary::of(&controls),
            audit: self.chain,
            controls,
        }
    }
}
