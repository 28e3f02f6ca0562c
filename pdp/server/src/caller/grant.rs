//! `<organisation>/argus/pdp:execute`: may this key ask for decisions about this organisation?
//!
//! The policy is asked once a second for each key, organisation and address, in each thread. In between, a look at one
//! place of a small table suffices: 10 ns where an evaluation is 2 µs. What the answer depends on is in the place: the
//! snapshot with all its keys and policies, the record with what a token leaves of its key, the second, the address.
//! Nothing of it can go stale.
//!
//! A Yes that the policy gives is told to whoever counts what keys use: at least one for each second in which a key asked,
//! and never more than it asked.

use std::cell::RefCell;
use std::net::IpAddr;

use argus_engine::limits::Limits;

use super::authorise::{Act, authorise};
use crate::moment::Moment;
use crate::reason::Reason;
use crate::snapshot::{KeyRecord, Snapshot};
use crate::usage::UsageSink;

/// Places of the table, a power of two. Two keys that share one push each other out.
const PLACES: usize = 256;

/// An answer, and all that it depends on.
#[derive(Debug, Clone, PartialEq)]
struct Known {
    revision: u64,
    second: i64,
    record: u64,
    domain: u32,
    peer: Option<IpAddr>,
    refused: Option<Reason>,
}

thread_local! {
    static KNOWN: RefCell<Vec<Option<Known>>> = RefCell::new(vec![None; PLACES]);
}

/// Whether the key may ask for decisions of an organisation; `None` is yes.
///
/// `domain` is the number of the organisation's domain in this snapshot, where it has one: only then is the answer kept.
pub(crate) fn may_ask(
    snapshot: &Snapshot,
    record: &KeyRecord,
    peer: Option<IpAddr>,
    (organisation, domain): (&str, Option<u32>),
    (now, limits): (Moment, Limits),
    usage: Option<&dyn UsageSink>,
) -> Option<Reason> {
    let ask = || {
        let path = pdp_path(organisation);
        let act = Act { organisation, path: &path, action: "execute" };
        let refused = authorise(snapshot, record, peer, &act, (now, limits));
        if let (None, Some(usage)) = (refused, usage) {
            usage.note_act(&act.of(record, now));
        }
        refused
    };
    let Some(domain) = domain else { return ask() };
    KNOWN.with_borrow_mut(|known| {
        let Some(place) = known.get_mut(place(record.serial, domain)) else { return ask() };
        if let Some(known) = place
            && known.revision == snapshot.revision
            && known.second == now.seconds
            && known.record == record.serial
            && known.domain == domain
            && known.peer == peer
        {
            return known.refused;
        }
        let refused = ask();
        let (revision, second, record) = (snapshot.revision, now.seconds, record.serial);
        *place = Some(Known { revision, second, record, domain, peer, refused });
        refused
    })
}

/// The resource that stands for asking for decisions.
pub(crate) fn pdp_path(organisation: &str) -> String {
    format!("{organisation}/argus/pdp")
}

fn place(record: u64, domain: u32) -> usize {
    // Records that were made together stand side by side, and in places side by side: they push nobody out.
    usize::try_from(record.wrapping_add(u64::from(domain).wrapping_mul(31)) % PLACES as u64).unwrap_or_default()
}
