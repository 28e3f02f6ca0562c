//! What stood out in the use of keys, or of one, in a stretch of time.

use argus_store::anomaly::{self, Anomaly, AnomalyFilter};
use argus_store::evidence::Period;
use argus_store::{KeyId, OrganisationId, PageSize, Store, StoreError};

/// Reads all alerts that were found first in this time, the oldest first.
pub(in super::super) fn read(
    store: &Store,
    (organisation, key): (Option<OrganisationId>, Option<KeyId>),
    (from, before): Period,
) -> Result<Vec<Anomaly>, StoreError> {
    let filter =
        AnomalyFilter { organisation, key, from: Some(from), before: Some(before), ..AnomalyFilter::default() };
    let size = PageSize::new(PageSize::MOST.into()).unwrap_or_default();
    let (mut all, mut last) = (Vec::new(), None);
    loop {
        let page = store.read(|conn| anomaly::list(conn, &filter, last, size))?;
        last = page.items.last().map(|alert| alert.id);
        all.extend(page.items);
        if !page.more {
            all.reverse();
            return Ok(all);
        }
    }
}
