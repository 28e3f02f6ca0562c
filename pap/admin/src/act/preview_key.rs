//! What a key would be, without making it: its scopes in words, all that is wrong with it, and what would be decided about
//! its use.

use argus_store::{Conn, StoreError, organisation, project};
use serde::Serialize;
use utoipa::ToSchema;

use super::conditions_of_chain;
use super::create_key::{Draft, Lineage, Place};
use crate::body::{Body, Fields, Kind, name};
use crate::reach::effective;
use crate::risk::Risk;
use crate::sample::{self, Levels, Sample, samples};
use crate::view::{FaultView, Time, TrialView};
use crate::words::{Above, conditions_in_words, scopes_in_words, summary};
use crate::{Admin, AdminError, Call, Fault, FaultCode, Place as At, Supposition};

/// What a key would be.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PreviewedKey {
    /// Whether it would be made: nothing is wrong with it.
    pub would_be_made: bool,
    /// All that is wrong with it.
    pub faults: Vec<FaultView>,
    /// Where it would belong and its name.
    path: Option<String>,
    /// What it would reach: its scopes within the boundary of its organisation, none of them within another.
    effective_scopes: Vec<String>,
    /// What it may do, a sentence for each of these.
    may: Vec<String>,
    /// When it may do so, a sentence for each level that asks for something.
    conditions: Vec<String>,
    /// All of this in one sentence.
    summary: String,
    /// What about it deserves a second look.
    risks: Vec<Risk>,
    /// When it would end.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Time>,
    /// Why it might live longer than others, or come from anywhere.
    expiry_exception: Option<String>,
    /// Uses that were tried, and what the policies in force say of them; none where something is wrong with the key.
    decisions: Vec<TrialView>,
}

impl Admin {
    /// Says what a key would be. Takes what [`Admin::create_key`] takes, and needs the same scope.
    pub async fn preview_key(&self, call: &Call, body: Body) -> Result<PreviewedKey, AdminError> {
        let at = self.now();
        let mut fields = Fields::of(body);
        let organisation = name(&mut fields, "organisation", Kind::Organisation);
        let lineage = match &organisation {
            Some(organisation) => Lineage::read(&mut fields, call, organisation)?,
            None => Lineage::default(),
        };
        let mut draft = Draft::read(&mut fields, organisation.unwrap_or_default(), lineage, at);
        if !draft.organisation.is_empty() {
            draft.refuse_wide_scopes(&mut fields, call)?;
        }
        let caller = call.caller().key_id();
        let (draft, place, above) = self
            .with_store(move |store| {
                let (found, above) =
                    store.read(|conn| Ok((Place::find(conn, &draft, caller)?, above(conn, &draft)?)))?;
                let place = found.refuse(fields, &mut draft).and_then(|place| {
                    store.read(|conn| draft.fit_plan(conn, &place))?;
                    Ok(place)
                });
                Ok((draft, place, above))
            })
            .await?;
        let faults = match &place {
            Ok(_) => Vec::new(),
            Err(AdminError::Refused(faults)) => faults.iter().map(FaultView::from).collect(),
            Err(AdminError::AlreadyExists { name, .. }) => vec![FaultView::from(&taken(name))],
            Err(AdminError::PlanLimit(limit)) => vec![FaultView::from(&Fault::of_plan(limit))],
            Err(_) => return Err(place.err().unwrap_or(AdminError::Unfinished)),
        };
        let mut preview = PreviewedKey::of(&draft, &above, faults);
        if let Ok(place) = place {
            let key = supposition(&draft, place, &above);
            let samples = samples_of(&draft, &above, at);
            let trials: Vec<_> = samples.iter().map(|sample| sample.trial.clone()).collect();
            let verdicts = self.authority().suppose(&key, &trials);
            preview.decisions = samples.into_iter().zip(verdicts).map(TrialView::from).collect();
        }
        Ok(preview)
    }
}

impl PreviewedKey {
    fn of(draft: &Draft, above: &Above, faults: Vec<FaultView>) -> Self {
        let scopes: Vec<_> = draft.scopes.iter().map(|(_, scope)| scope.clone()).collect();
        let reached = effective(&draft.organisation, &scopes);
        let texts: Vec<_> = scopes.iter().map(ToString::to_string).collect();
        Self {
            would_be_made: faults.is_empty(),
            faults,
            path: draft.path(),
            effective_scopes: reached.iter().map(ToString::to_string).collect(),
            may: scopes_in_words(&reached),
            conditions: conditions_in_words(&draft.conditions, above),
            summary: summary(&draft.organisation, &texts, &draft.conditions, above),
            risks: Risk::of(draft.expiry.at, &draft.conditions, above),
            expires_at: draft.expiry.at.map(Time),
            expiry_exception: draft.expiry.exception.clone(),
            decisions: Vec::new(),
        }
    }
}

fn taken(name: &str) -> Fault {
    Fault {
        place: At::Body("/name".to_owned()),
        code: FaultCode::AlreadyExists,
        detail: format!("key `{name}` already exists"),
        help: Some("choose another name".to_owned()),
    }
}

/// The conditions of the levels that a draft names, as far as they are there.
fn above(conn: &mut Conn, draft: &Draft) -> Result<Above, StoreError> {
    let Some(organisation) = organisation::find_by_name(conn, &draft.organisation)? else {
        return Ok(Above::default());
    };
    let project = match &draft.project {
        Some(name) => project::find_by_name(conn, organisation.id, name)?.map(|project| project.conditions),
        None => None,
    };
    let keys = conditions_of_chain(conn, draft.parent())?;
    Ok(Above { keys, project, organisation: organisation.conditions })
}

fn supposition(draft: &Draft, place: Place, above: &Above) -> Supposition {
    Supposition {
        organisation: draft.organisation.clone(),
        project: draft.project.clone(),
        name: draft.name.clone().unwrap_or_default(),
        owner: draft.owner.clone().unwrap_or(place.owner),
        scopes: draft.scopes.iter().map(|(_, scope)| scope.clone()).collect(),
        chain: Vec::new(),
        conditions: draft.conditions.clone(),
        inherited: above.keys.iter().map(|(_, conditions)| conditions.clone()).collect(),
        project_conditions: above.project.clone().unwrap_or_default(),
        organisation_conditions: above.organisation.clone(),
    }
}

fn samples_of(draft: &Draft, above: &Above, now: chrono::DateTime<chrono::Utc>) -> Vec<Sample> {
    let scopes: Vec<_> = draft.scopes.iter().map(|(_, scope)| scope.clone()).collect();
    let levels = Levels(above.levels(&draft.conditions).collect());
    let fitting = levels.fitting(now);
    let missing = levels.missing(&fitting, now);
    let place = sample::Place { organisation: &draft.organisation, project: draft.project.as_deref() };
    samples(place, &effective(&draft.organisation, &scopes), &fitting, missing)
}
