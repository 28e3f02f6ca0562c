//! `Idempotency-Key` on every POST of the API: a request that was done is not done again, but answered as before.
//!
//! What has to hold even where the process is killed is the acts' business, which keep their answer in their own
//! transaction. Here requests are told apart, and the answer is kept as it was given. Refused requests are not kept: who
//! mends one may send it under the same name.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpMessage as _, HttpResponse};
use argus_admin::{Admin, AdminError, Answer, Repeatable, Repetition};
use serde_json::value::RawValue;
use tracing::warn;

use crate::Problem;
use crate::asked::authenticate;
use crate::body::broken;

static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
static REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The longest name of a request, in characters.
const LONGEST: usize = 255;

/// The middleware inside the envelope. What goes wrong in it is an answer, to be put in its final form.
pub(crate) async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_act = request.method() == Method::POST && request.path().starts_with("/v1/");
    if !is_act || !request.headers().contains_key(&IDEMPOTENCY_KEY) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let mut request = request;
    match prepare(&mut request).await {
        Ok(first) => first.answer(request, next).await,
        Err(Early::Problem(problem)) => Ok(request.error_response(*problem)),
        Err(Early::Repetition(repetition)) => Ok(match in_words(repetition) {
            Ok(repeated) => request.into_response(repeated),
            Err(problem) => request.error_response(problem),
        }),
    }
}

/// Why the act isn't done.
enum Early {
    Problem(Box<Problem>),
    Repetition(Repetition),
}

impl From<Problem> for Early {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<AdminError> for Early {
    fn from(error: AdminError) -> Self {
        Problem::from(error).into()
    }
}

/// A request whose turn it is.
struct First {
    admin: Data<Admin>,
    request: Repeatable,
    _turn: argus_admin::Turn,
}

/// Who asks comes first, then how he calls it, then what it is.
async fn prepare(request: &mut ServiceRequest) -> Result<First, Early> {
    let admin = request.app_data::<Data<Admin>>().cloned().ok_or_else(Problem::internal)?;
    let call = authenticate(&admin, request.request()).await?;
    let name = name(request)?;
    let body = request.extract::<Bytes>().await.map_err(|error| broken(&error))?;
    let repeatable = call.named(format!("POST {}", request.path()), name, &body);
    request.set_payload(Payload::from(body));
    if let Some(repetition) = admin.find_repetition(&repeatable).await? {
        return Err(Early::Repetition(repetition));
    }
    let turn = admin.begin(&repeatable).ok_or_else(Problem::idempotency_in_progress)?;
    // Another may have ended between the two.
    if let Some(repetition) = admin.find_repetition(&repeatable).await? {
        return Err(Early::Repetition(repetition));
    }
    request.extensions_mut().insert(call.repeatable_as(repeatable.clone()));
    Ok(First { admin, request: repeatable, _turn: turn })
}

fn name(request: &ServiceRequest) -> Result<String, Problem> {
    let mut values = request.headers().get_all(&IDEMPOTENCY_KEY);
    let value = values.next().and_then(|value| value.to_str().ok());
    let is_good = |text: &&str| (1..=LONGEST).contains(&text.len()) && text.bytes().all(|c| (b' '..=b'~').contains(&c));
    match (value.filter(is_good), values.next()) {
        (Some(name), None) => Ok(name.to_owned()),
        (_, Some(_)) => Err(Problem::invalid_header(&IDEMPOTENCY_KEY, "it is given twice")),
        (None, None) => Err(Problem::invalid_header(&IDEMPOTENCY_KEY, "it has 1 to 255 characters of ASCII")),
    }
}

impl First {
    async fn answer(
        self,
        request: ServiceRequest,
        next: Next<impl MessageBody + 'static>,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        let answer = next.call(request).await?.map_into_boxed_body();
        if answer.status().is_success() {
            return self.keep(answer).await;
        }
        // On another node it may have been done meanwhile, and then that is the answer.
        let done = self.admin.find_repetition(&self.request).await;
        match done {
            Ok(Some(repetition)) => Ok(match in_words(repetition) {
                Ok(repeated) => answer.into_response(repeated),
                Err(problem) => answer.error_response(problem),
            }),
            _ => Ok(answer),
        }
    }

    async fn keep(&self, answer: ServiceResponse<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
        let (request, answer) = answer.into_parts();
        let (head, body) = answer.into_parts();
        let body = match body.try_into_bytes() {
            Ok(body) => body,
            // A stream is never an answer here; what can't be read isn't kept.
            Err(body) => return Ok(ServiceResponse::new(request, head.set_body(body))),
        };
        if let Some(kept) = kept(&head, &body)
            && let Err(error) = self.admin.keep_answer(&self.request, &kept).await
        {
            warn!("an answer could not be kept for a repetition: {error}");
        }
        Ok(ServiceResponse::new(request, head.set_body(BoxBody::new(body))))
    }
}

/// What every secret begins with that an answer may hold: keys', and those that webhooks are signed with.
const SECRETS: [&str; 3] = ["argus_live_", "argus_test_", "whsec_"];

/// What is kept of an answer; nothing where a secret stands in it, whatever act it is of.
fn kept<B>(head: &HttpResponse<B>, body: &[u8]) -> Option<Answer> {
    let text = str::from_utf8(body).ok()?;
    if SECRETS.iter().any(|prefix| text.contains(prefix)) {
        return None;
    }
    let header = |name| head.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::to_owned);
    Some(Answer {
        status: head.status().as_u16(),
        location: header(header::LOCATION),
        entity_tag: header(header::ETAG),
        body: RawValue::from_string(text.to_owned()).ok()?,
    })
}

/// The answer to a repetition. A problem isn't an answer yet: it gets its final form in the envelope.
fn in_words(repetition: Repetition) -> Result<HttpResponse, Problem> {
    let answer = match repetition {
        Repetition::Answered(answer) => answer,
        Repetition::SecretShown(of) => return Err(Problem::secret_already_shown(of)),
        Repetition::Mismatch => return Err(Problem::idempotency_mismatch()),
    };
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::build(status);
    response.insert_header((REPLAYED.clone(), "true")).insert_header(header::ContentType::json());
    for (name, value) in [(header::LOCATION, answer.location), (header::ETAG, answer.entity_tag)] {
        if let Some(value) = value {
            response.insert_header((name, value));
        }
    }
    Ok(response.body(answer.body.get().to_owned()))
}
