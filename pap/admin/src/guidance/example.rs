//! Choosing a call that a key is allowed to do, from what it reaches.

use argus_engine::scope::{Action, ResourcePath, Scope};

use super::Addresses;
use super::call::{Base, Call, Member};
use crate::reach::{is_reserved, resource_of};
use crate::resource::RESERVED_PROJECT;

/// A call, with the scope's words for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Example {
    pub(crate) call: Call,
    pub(crate) action: Action,
    pub(crate) resource: ResourcePath,
}

/// A call of the administration API: what it needs, and how it is made.
struct Row {
    project_of_host: bool,
    own: &'static str,
    action: Action,
    method: &'static str,
    make: fn(&str) -> Made,
}

/// Path, body, and what it does.
type Made = (String, Vec<(&'static str, Member)>, String);

/// What is looked for first stands first: to look costs nothing.
#[rustfmt::skip]
static ADMINISTRATION: &[Row] = &[
    row(true,  "organisations", Action::Read,  "GET",  list_organisations),
    row(false, "keys",          Action::Read,  "GET",  list_keys),
    row(false, "projects",      Action::Read,  "GET",  list_projects),
    row(false, "keys",          Action::Write, "POST", preview_key),
    row(false, "projects",      Action::Write, "POST", create_project),
    row(true,  "organisations", Action::Write, "POST", create_organisation),
];

/// The call to show for a key of `organisation` that reaches these scopes; none where no call is known that they allow.
///
/// An enforcement point asks for decisions. Any other key is sent to the service that holds what it may use, or, where
/// it may only administer, to the administration API.
pub(crate) fn choose(
    organisation: &str,
    project: Option<&str>,
    reached: &[Scope],
    addresses: &Addresses,
) -> Option<Example> {
    let own = reached.iter().filter(|scope| names_reserved(scope));
    let decide = own.clone().find_map(|scope| decide(scope, organisation, project, addresses));
    let serve = || {
        let others = reached.iter().filter(|scope| !names_reserved(scope) && !is_owner(scope, organisation));
        others.clone().find_map(|scope| serve(scope, organisation, project))
    };
    let administer = || reached.iter().find_map(|scope| administer(scope, organisation, addresses));
    decide.or_else(serve).or_else(administer)
}

/// Whether a scope is about Argus's own resources.
fn names_reserved(scope: &Scope) -> bool {
    scope.path().split('/').nth(1) == Some(RESERVED_PROJECT)
}

/// Whether a scope is one of an administrator: of a whole organisation, Argus's own resources included.
fn is_owner(scope: &Scope, organisation: &str) -> bool {
    let organisation = first_level(scope, organisation);
    let keys = ResourcePath::parse(&format!("{organisation}/{RESERVED_PROJECT}/keys"));
    keys.is_ok_and(|keys| scope.covers(&keys, Action::Read))
}

fn first_level<'t>(scope: &'t Scope, organisation: &'t str) -> &'t str {
    scope.path().split('/').next().filter(|level| *level != "*").unwrap_or(organisation)
}

fn decide(scope: &Scope, organisation: &str, project: Option<&str>, addresses: &Addresses) -> Option<Example> {
    let organisation = first_level(scope, organisation);
    let resource = ResourcePath::parse(&format!("{organisation}/{RESERVED_PROJECT}/pdp")).ok()?;
    if !scope.covers(&resource, Action::Execute) {
        return None;
    }
    let asked = format!("{organisation}/{}/example", project.unwrap_or("example"));
    let does = format!("asks whether whoever presented a credential may read {asked}");
    let body = vec![
        ("credential", Member::Presented),
        ("action", Member::Text("read".to_owned())),
        ("resource", Member::Text(asked)),
    ];
    let base =
        Base { variable: "ARGUS_PDP_URL", default: addresses.decisions.clone(), is: "the decision point".to_owned() };
    let call = Call { method: "POST", base, path: "/v1/verify".to_owned(), body, does };
    Some(Example { call, action: Action::Execute, resource })
}

fn serve(scope: &Scope, organisation: &str, project: Option<&str>) -> Option<Example> {
    let resource = resource_of(scope, organisation, project).filter(|resource| !is_reserved(resource))?;
    let (method, action, does) = match scope.action() {
        Action::Write => ("PUT", Action::Write, "writes"),
        Action::Delete => ("DELETE", Action::Delete, "deletes"),
        Action::Execute => ("POST", Action::Execute, "executes"),
        Action::Read | Action::Admin => ("GET", Action::Read, "reads"),
    };
    let base = Base { variable: "SERVICE_URL", default: None, is: format!("the service that holds {resource}") };
    let does = format!("{does} {resource}");
    let call = Call { method, base, path: format!("/{resource}"), body: Vec::new(), does };
    Some(Example { call, action, resource })
}

fn administer(scope: &Scope, organisation: &str, addresses: &Addresses) -> Option<Example> {
    let organisation = first_level(scope, organisation);
    ADMINISTRATION.iter().find_map(|row| {
        let place = if row.project_of_host { crate::resource::HOST } else { organisation };
        let resource = ResourcePath::parse(&format!("{place}/{RESERVED_PROJECT}/{}", row.own)).ok()?;
        if !scope.covers(&resource, row.action) {
            return None;
        }
        let (path, body, does) = (row.make)(organisation);
        let base = Base {
            variable: "ARGUS_URL",
            default: addresses.administration.clone(),
            is: "the administration API".to_owned(),
        };
        let call = Call { method: row.method, base, path, body, does };
        Some(Example { call, action: row.action, resource })
    })
}

const fn row(
    project_of_host: bool,
    own: &'static str,
    action: Action,
    method: &'static str,
    make: fn(&str) -> Made,
) -> Row {
    Row { project_of_host, own, action, method, make }
}

fn list_organisations(_: &str) -> Made {
    ("/v1/organisations".to_owned(), Vec::new(), "lists the organisations".to_owned())
}

fn list_keys(organisation: &str) -> Made {
    (format!("/v1/keys?organisation={organisation}"), Vec::new(), format!("lists the keys of {organisation}"))
}

fn list_projects(organisation: &str) -> Made {
    (format!("/v1/projects?organisation={organisation}"), Vec::new(), format!("lists the projects of {organisation}"))
}

fn preview_key(organisation: &str) -> Made {
    let body = vec![
        ("organisation", Member::Text(organisation.to_owned())),
        ("name", Member::Text("example".to_owned())),
        ("scopes", Member::List(vec![format!("{organisation}/argus/keys:write")])),
    ];
    ("/v1/keys/preview".to_owned(), body, format!("asks what a key of {organisation} could do, and makes none"))
}

fn create_project(organisation: &str) -> Made {
    let body =
        vec![("organisation", Member::Text(organisation.to_owned())), ("name", Member::Text("example".to_owned()))];
    ("/v1/projects".to_owned(), body, format!("makes the project {organisation}/example"))
}

fn create_organisation(_: &str) -> Made {
    let body = vec![("name", Member::Text("example".to_owned()))];
    ("/v1/organisations".to_owned(), body, "makes the organisation example".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reach::effective;

    fn chosen(organisation: &str, scopes: &[&str]) -> Option<String> {
        let scopes: Vec<_> = scopes.iter().map(|scope| Scope::parse(scope).unwrap()).collect();
        let addresses = Addresses::new(Some("http://pdp"), Some("http://pap"), None).unwrap();
        let reached = effective(organisation, &scopes);
        let example = choose(organisation, Some("atlas"), &reached, &addresses)?;
        assert!(reached.iter().any(|scope| scope.covers(&example.resource, example.action)), "{example:?}");
        Some(format!("{} {}", example.call.method, example.call.url()))
    }

    #[test]
    fn the_example_is_what_a_key_is_for() {
        for (organisation, scopes, expected) in [
            ("acme", &["acme/atlas/evidence:read"][..], Some("GET $SERVICE_URL/acme/atlas/evidence")),
            ("acme", &["acme/*/evidence:write"], Some("PUT $SERVICE_URL/acme/atlas/evidence")),
            ("acme", &["acme:read"], Some("GET $SERVICE_URL/acme")),
            ("acme", &["acme/atlas:admin"], Some("GET $SERVICE_URL/acme/atlas")),
            ("acme", &["acme/argus/pdp:execute"], Some("POST http://pdp/v1/verify")),
            ("acme", &["acme/atlas:read", "*/argus/pdp:execute"], Some("POST http://pdp/v1/verify")),
            ("acme", &["acme:admin"], Some("GET http://pap/v1/keys?organisation=acme")),
            ("acme", &["acme/argus/keys:write"], Some("POST http://pap/v1/keys/preview")),
            ("acme", &["acme/argus/projects:write"], Some("POST http://pap/v1/projects")),
            ("argus", &["*:admin"], Some("GET http://pap/v1/organisations")),
            ("acme", &["beta/x:read"], None),
        ] {
            assert_eq!(chosen(organisation, scopes).as_deref(), expected, "{scopes:?}");
        }
    }
}
