//! Holding key management against FIPS 140 and SP 800-132.

use argus_engine::scope::Action;

use crate::compliance::{Evidence, FipsReport, controls};
use crate::resource::{HOST, Own};
use crate::{Admin, AdminError, Call};

impl Admin {
    /// The controls of key management with the evidence of the running system. Needs `argus/argus/audit:read`: it is of the
    /// whole installation.
    pub async fn show_fips(&self, call: &Call) -> Result<FipsReport, AdminError> {
        call.require(HOST, Own::Audit, Action::Read)?;
        let (at, hasher, tender) = (self.now(), self.hasher(), self.audit().ok());
        self.with_store(move |store| {
            let found = Evidence::read(store, hasher, tender.as_deref(), at)?;
            Ok(FipsReport::new(at, controls(&found)))
        })
        .await
    }
}
