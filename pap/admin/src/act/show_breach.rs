//! `GET /v1/compliance/breach/{key}`: all that is known of the use of one key.

use argus_engine::scope::Action;
use argus_store::KeyId;

use super::show_compliance::{ComplianceFormat, period};
use crate::audit::AuditTender;
use crate::compliance::{Breach, ComplianceReport};
use crate::resource::Own;
use crate::{Admin, AdminError, Call, Query};

impl Admin {
    /// What a key touched, when and from where, and the form that the query asks for: by `from` and `to`. Needs `read` on
    /// `<organisation>/argus/audit`, `…/usage` and `…/decisions`; whoever lacks `…/keys:read` finds nothing.
    pub async fn show_breach(
        &self,
        call: &Call,
        id: &str,
        mut query: Query,
    ) -> Result<(ComplianceReport, Option<ComplianceFormat>), AdminError> {
        let id: KeyId = id.parse().map_err(|_| AdminError::NotFound)?;
        let organisation = self.organisation_of_key(id).await?;
        call.require_sight(&organisation, Own::Keys)?;
        for own in [Own::Audit, Own::Usage, Own::DecisionLog] {
            call.require(&organisation, own, Action::Read)?;
        }
        let format = query.take_word::<ComplianceFormat>("format", ComplianceFormat::WORDS);
        let now = self.now();
        let period = period(&mut query, now);
        query.finish_without_page()?;
        let tender = self.audit().ok();
        let read = self.with_store(move |store| {
            let tender: Option<&AuditTender> = tender.as_deref();
            Ok(Breach::read(store, id, (period, now), tender)?)
        });
        let breach = read.await?.ok_or(AdminError::NotFound)?;
        Ok((breach.report(), format))
    }
}
