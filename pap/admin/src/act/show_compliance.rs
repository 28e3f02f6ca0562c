//! `GET /v1/compliance/{framework}`: evidence of key management for an organisation and a stretch of time.

use argus_engine::scope::Action;
use argus_store::evidence::Period;
use argus_store::plan::Maximum;
use argus_store::{Store, organisation};
use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};

use super::plan::room;
use super::{find_filtered, named_organisation};
use crate::audit::AuditTender;
use crate::compliance::{ComplianceReport, Facts, Framework, Within, make_pack};
use crate::resource::{HOST, Own};
use crate::{Admin, AdminError, Call, FaultCode, Query};

/// In what form a report is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ComplianceFormat {
    /// JSON.
    Json,
    /// A page that prints well.
    Html,
    /// Comma-separated values (RFC 4180).
    Csv,
    /// A signed archive of all of these, with the audit that bears them out.
    Pack,
}

impl std::str::FromStr for ComplianceFormat {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "json" => Ok(Self::Json),
            "html" => Ok(Self::Html),
            "csv" => Ok(Self::Csv),
            "pack" => Ok(Self::Pack),
            _ => Err(()),
        }
    }
}

impl ComplianceFormat {
    /// All words, for whoever has another.
    pub(super) const WORDS: &str = "`json`, `html`, `csv` and `pack`";
}

/// How much is covered where the query doesn't say.
const PERIOD: TimeDelta = TimeDelta::days(90);

impl Admin {
    /// A report, and the form that the query asks for: by `organisation`, `from` and `to`. Needs
    /// `<organisation>/argus/audit:read`. Without `organisation` it is of the caller's own, and for a caller of `argus` of
    /// the whole installation; FIPS 140 is always of that.
    ///
    /// The audit is signed up to its end first, so that a checkpoint vouches for every entry that the report shows.
    pub async fn show_compliance(
        &self,
        call: &Call,
        framework: &str,
        mut query: Query,
    ) -> Result<(ComplianceReport, Option<ComplianceFormat>), AdminError> {
        let framework: Framework = framework.parse().map_err(|()| AdminError::NotFound)?;
        let own = call.caller().organisation();
        let everywhere = framework == Framework::Fips || own == HOST && !query.has("organisation");
        let organisation = named_organisation(&mut query, own)?;
        let asked = if everywhere { HOST } else { &organisation };
        call.require(asked, Own::Audit, Action::Read)?;
        let format = query.take_word::<ComplianceFormat>("format", ComplianceFormat::WORDS);
        let now = self.now();
        let period = period(&mut query, now);
        let (hasher, tender, addresses) = (self.hasher(), self.audit().ok(), self.addresses().clone());
        let read = move |store: &Store| {
            let organisation = match (everywhere, organisation) {
                (true, _) => None,
                (false, name) => store.read(|conn| find_filtered(conn, &mut query, &name))?.map(|id| (id, name)),
            };
            query.finish_without_page()?;
            if let Some((id, _)) = organisation {
                store.read(|conn| room::for_feature(conn, id, Maximum::ComplianceReports))?;
            }
            let within = Within { organisation, period, now };
            let tender: Option<&AuditTender> = tender.as_deref();
            let facts = Facts::read(store, &within, (hasher, tender, &addresses))?;
            Ok(ComplianceReport::of(framework, &facts))
        };
        Ok((self.with_store(read).await?, format))
    }
}

impl Admin {
    /// A report that was read for a caller, as a signed archive: in all forms, with what was asked and the entries of the
    /// audit that bear it out. `argus compliance verify` checks it without a server.
    pub async fn pack_compliance(&self, report: ComplianceReport) -> Result<Vec<u8>, AdminError> {
        let tender = self.audit()?;
        let pack = move |store: &Store| {
            let organisation = match &report.organisation {
                Some(name) => store.read(|conn| organisation::find_by_name(conn, name))?,
                None => None,
            };
            let organisation = organisation.map(|found| (found.id, found.name));
            make_pack(store, &tender, &report, organisation)
        };
        self.with_store(pack).await
    }
}

/// The stretch of time that a query asks for by `from` and `to`.
pub(super) fn period(query: &mut Query, now: DateTime<Utc>) -> Period {
    // Up to now, and what happens in this very second with it.
    let to = query.take_time("to").unwrap_or_else(|| now.trunc_subsecs(0) + TimeDelta::seconds(1));
    let from = query.take_time("from").unwrap_or(to - PERIOD);
    if from > to {
        query.fault("from", FaultCode::InvalidField, "`from` lies behind `to`".to_owned(), None);
    }
    (from, to)
}
