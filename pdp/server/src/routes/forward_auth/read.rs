//! What a proxy tells of a request. It is read strictly: what might be read in two ways is refused, not put right.

use std::borrow::Cow;
use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, HeaderName, USER_AGENT, X_FORWARDED_FOR};
use actix_web::web::Query;
use argus_credentials::TrustedProxies;
use argus_engine::scope::{Action, ResourcePath};
use argus_http::ClientFault;

use crate::caller::{CallerRefused, read_bearer};
use crate::http::problem::Problem;
use crate::routes::verify::decode::{Context, LONGEST_USER_AGENT, Question};

const X_FORWARDED_AUTHORIZATION: HeaderName = HeaderName::from_static("x-forwarded-authorization");
const X_FORWARDED_METHOD: HeaderName = HeaderName::from_static("x-forwarded-method");
const X_FORWARDED_URI: HeaderName = HeaderName::from_static("x-forwarded-uri");

/// What the address says that the proxy asks at. Its operator writes it; no client has a say in it.
struct Asked {
    resource: String,
    action: Option<String>,
}

/// What the client of the proxy has presented.
pub(super) fn subject(headers: &HeaderMap) -> Result<&str, CallerRefused> {
    read_bearer(headers, X_FORWARDED_AUTHORIZATION)
}

/// Reads the question.
pub(super) fn read<'r>(
    request: &'r HttpRequest,
    credential: &'r str,
    trusted: &TrustedProxies,
) -> Result<Question<'r>, Problem> {
    let (headers, asked) = (request.headers(), Asked::read(request.query_string())?);
    let action = match asked.action {
        Some(action) => Cow::Owned(action),
        None => Cow::Borrowed(action_of(one(headers, &X_FORWARDED_METHOD)?)?),
    };
    let resource = Cow::Owned(resource(&asked.resource, one(headers, &X_FORWARDED_URI)?)?);
    let context = Context { ip: address(headers, trusted)?, user_agent: user_agent(headers), ..Context::default() };
    Ok(Question { credential: Cow::Borrowed(credential), action, resource, context, cost: None, reserve_seconds: None })
}

impl Asked {
    fn read(query: &str) -> Result<Self, Problem> {
        let pairs = Query::<Vec<(String, String)>>::from_query(query).map(Query::into_inner).unwrap_or_default();
        let (mut resource, mut action) = (None, None);
        for (name, value) in pairs {
            let place = match name.as_str() {
                "resource" => &mut resource,
                "action" => &mut action,
                _ => return Err(Problem::forwarded("the address has a parameter other than `resource` and `action`")),
            };
            if place.replace(value).is_some() {
                return Err(Problem::forwarded(format!("the address has `{name}` twice")));
            }
        }
        if action.as_deref().is_some_and(|action| Action::parse(action).is_none()) {
            return Err(Problem::forwarded("`action` is none of `read`, `write`, `delete`, `execute` and `admin`"));
        }
        let resource =
            resource.ok_or_else(|| Problem::forwarded("the address lacks `resource`, such as `acme/atlas`"))?;
        Ok(Self { resource, action })
    }
}

/// The one value of a header.
fn one<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<&'h str, Problem> {
    let mut values = headers.get_all(name);
    match (values.next().and_then(|value| value.to_str().ok()), values.next()) {
        (Some(value), None) => Ok(value),
        _ => Err(Problem::forwarded(format!("the proxy has to send `{name}`, once"))),
    }
}

fn action_of(method: &str) -> Result<&'static str, Problem> {
    match method {
        "HEAD" | "GET" | "OPTIONS" => Ok("read"),
        "POST" | "PUT" | "PATCH" => Ok("write"),
        "DELETE" => Ok("delete"),
        _ => Err(Problem::forwarded("no action stands for the method of the request: name one in the address")),
    }
}

/// The path behind what the address names. `/` alone is nothing more.
fn resource(before: &str, uri: &str) -> Result<String, Problem> {
    let path = uri.split_once('?').map_or(uri, |(path, _)| path);
    let resource = match path {
        "/" => before.to_owned(),
        path if path.starts_with('/') => format!("{before}{path}"),
        _ => return Err(Problem::forwarded("`x-forwarded-uri` does not begin with `/`")),
    };
    ResourcePath::parse(&resource).map_err(|error| Problem::forwarded(format!("the path is no resource: {error}")))?;
    Ok(resource)
}

/// The client of the proxy: the last of the list, which the proxy itself has seen. What stands before it counts where that
/// is a trusted proxy again.
fn address(headers: &HeaderMap, trusted: &TrustedProxies) -> Result<Option<IpAddr>, Problem> {
    let lines: Vec<&str> = headers.get_all(X_FORWARDED_FOR).filter_map(|line| line.to_str().ok()).collect();
    let list = lines.join(",");
    let (before, last) = list.rsplit_once(',').map_or((None, list.as_str()), |(before, last)| (Some(before), last));
    let Ok(peer) = last.trim().parse() else { return Ok(None) };
    let client = trusted.client(peer, std::iter::empty(), before.map(str::as_bytes).into_iter());
    client.map_err(|fault| ClientFault::from(fault).into())
}

fn user_agent(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    let agent = headers.get(USER_AGENT)?.to_str().ok()?;
    (1..=LONGEST_USER_AGENT).contains(&agent.len()).then_some(Cow::Borrowed(agent))
}
