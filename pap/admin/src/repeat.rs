//! Requests that may be repeated (`Idempotency-Key`): the act happens once, whatever becomes of its answer.
//!
//! What an act was answered is kept in the act's own transaction: as much as is known by then, and after it the answer
//! as it was given. An answer that holds a secret is never kept, only that it was given.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use argus_store::idempotency::{self, Kept};
use argus_store::{Conn, StoreError, change};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{Admin, AdminError, Call};

pub use argus_store::idempotency::{Repeatable, SecretOf};

/// An answer as it is kept for whoever asks again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Where the thing is that was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The tag of the thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_tag: Option<String>,
    /// Its body, octet for octet.
    pub body: Box<RawValue>,
}

/// What becomes of a request that was made before.
#[derive(Debug, Clone)]
pub enum Repetition {
    /// It is answered as before.
    Answered(Answer),
    /// Its answer held this secret, and nobody has it any more but who got it.
    SecretShown(SecretOf),
    /// It was another request then.
    Mismatch,
}

/// What an act keeps of its answer.
pub(crate) enum Keep {
    /// All that is known of it when the act is done.
    Answer(Option<Answer>),
    /// That it holds this secret.
    Secret(SecretOf),
    /// Nothing: nothing was done.
    Nothing,
}

impl Answer {
    /// An answer with a body. `None` where there can't be one.
    pub(crate) fn of(status: u16, body: &impl Serialize) -> Option<Self> {
        let body = serde_json::value::to_raw_value(body).ok()?;
        Some(Self { status, location: None, entity_tag: None, body })
    }

    /// The answer to what was made.
    pub(crate) fn created(location: String, entity_tag: String, body: &impl Serialize) -> Option<Self> {
        Some(Self { location: Some(location), entity_tag: Some(entity_tag), ..Self::of(201, body)? })
    }
}

/// The requests with an idempotency key that this process is answering just now.
#[derive(Debug, Default)]
pub(crate) struct UnderWay(Arc<Mutex<HashSet<Repeatable>>>);

/// The turn of a request. No other of its name is answered here while it lasts.
#[derive(Debug)]
pub struct Turn {
    under_way: Arc<Mutex<HashSet<Repeatable>>>,
    name: Repeatable,
}

impl UnderWay {
    fn begin(&self, request: &Repeatable) -> Option<Turn> {
        // Whatever its body: two requests of one name are one after the other.
        let name = Repeatable { body_digest: String::new(), ..request.clone() };
        let is_first = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        is_first.then(|| Turn { under_way: Arc::clone(&self.0), name })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

impl Admin {
    /// Takes the turn of a request; `None` while another of its name is under way.
    pub fn begin(&self, request: &Repeatable) -> Option<Turn> {
        self.under_way().begin(request)
    }

    /// What was made of a request before, if it was.
    pub async fn find_repetition(&self, request: &Repeatable) -> Result<Option<Repetition>, AdminError> {
        let (asked, at) = (request.clone(), self.now());
        let kept = self.with_store(move |store| Ok(store.read(|conn| idempotency::find(conn, &asked, at))?)).await?;
        kept.map(|kept| repetition(request, kept)).transpose()
    }

    /// Keeps the answer to a request as it was given.
    pub async fn keep_answer(&self, request: &Repeatable, answer: &Answer) -> Result<(), AdminError> {
        let (request, at) = (request.clone(), self.now());
        let Some(answer) = text(answer) else { return Err(AdminError::Unfinished) };
        self.with_store(move |store| Ok(store.write_aside(|conn| idempotency::complete(conn, &request, &answer, at))?))
            .await
    }

    /// Does an act in a transaction, together with what is kept of its answer, and says how far the change feed has
    /// grown. The act isn't done where it was done before.
    pub(crate) async fn act<T: Send + 'static>(
        &self,
        call: &Call,
        work: impl FnOnce(&mut Conn) -> Result<T, StoreError> + Send + 'static,
        keep: impl FnOnce(&T) -> Keep + Send + 'static,
    ) -> Result<(T, i64), AdminError> {
        let (request, at) = (call.repeatable().cloned(), self.now());
        self.with_store(move |store| {
            Ok(store.write(|conn| {
                let done = work(conn)?;
                if let Some(request) = &request
                    && let Some(answer) = to_keep(keep(&done))
                {
                    idempotency::keep(conn, request, &answer, at)?;
                }
                Ok((done, change::find_latest_sequence(conn)?))
            })?)
        })
        .await
    }
}

fn to_keep(keep: Keep) -> Option<idempotency::Answer> {
    match keep {
        Keep::Answer(answer) => text(&answer?),
        Keep::Secret(of) => Some(idempotency::Answer::Secret { status: 200, of }),
        Keep::Nothing => None,
    }
}

fn text(answer: &Answer) -> Option<idempotency::Answer> {
    let text = serde_json::to_string(answer).ok()?;
    Some(idempotency::Answer::Whole { status: answer.status, text })
}

fn repetition(request: &Repeatable, kept: Kept) -> Result<Repetition, AdminError> {
    if kept.body_digest != request.body_digest {
        return Ok(Repetition::Mismatch);
    }
    match (kept.answer, kept.key_id.map(SecretOf::Key).or(kept.contact_id.map(SecretOf::Contact))) {
        (Some(text), _) => serde_json::from_str(&text).map(Repetition::Answered).map_err(|_| AdminError::Unfinished),
        (None, Some(of)) => Ok(Repetition::SecretShown(of)),
        (None, None) => Err(AdminError::Unfinished),
    }
}
