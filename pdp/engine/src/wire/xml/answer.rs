//! Responses in XML as their reader has them. The schema's order is not asked for, nor are attributes beyond it refused:
//! what comes may be another engine's.

use super::request::read_value;
use super::scanner::{Read, Scanner, Tag};
use super::schema::{each_of, plain_text, unexpected, without};
use crate::limits::Limits;
use crate::request::RequestError;
use crate::types::collapse;
use crate::value::Arena;
use crate::wire::answer::{
    Answer, AnswerAssignment, AnswerAttribute, AnswerDuty, AnswerMissing, AnswerPolicy, AnswerResult, AnswerValue,
    decision,
};

/// Reads a response in XML.
pub(in crate::wire) fn read_answer(text: &str) -> Read<Answer> {
    let arena = Arena::new();
    let limits = Limits { request_elements: usize::MAX, ..Limits::default() };
    let mut scanner = Scanner::new(text, &arena, &limits)?;
    let root = scanner.root()?;
    if !root.is("Response") {
        return Err(unexpected(&root, "Response"));
    }
    let mut results = Vec::new();
    while let Some(child) = scanner.child()? {
        if !child.is("Result") {
            return Err(unexpected(&child, "Result"));
        }
        results.push(read_result(&mut scanner, &child)?);
    }
    scanner.finish()?;
    if results.is_empty() {
        return Err(RequestError::new("`Response` without `Result`", Some(root.at)));
    }
    Ok(Answer { results })
}

/// What a `StatusDetail` says of missing attributes, which was opened last.
pub(in crate::wire) fn read_detail(text: &str) -> Vec<AnswerMissing> {
    let arena = Arena::new();
    let wrapped = format!("<StatusDetail xmlns=\"{}\">{text}</StatusDetail>", super::namespaces::CORE);
    let read = || {
        let mut scanner = Scanner::new(&wrapped, &arena, &Limits::default())?;
        scanner.root()?;
        read_missing(&mut scanner)
    };
    // A detail may hold anything; what isn't ours says nothing to us.
    read().unwrap_or_default()
}

fn read_result(scanner: &mut Scanner<'_>, tag: &Tag<'_>) -> Read<AnswerResult> {
    let mut result = None;
    while let Some(child) = scanner.child()? {
        if child.is("Decision") {
            let word = collapse(plain_text(scanner, &child)?);
            let unknown = || RequestError::new(format!("`{word}` is no decision"), Some(child.at));
            result = Some(AnswerResult::new(decision(word).ok_or_else(unknown)?));
            continue;
        }
        let Some(result) = &mut result else { return Err(unexpected(&child, "Decision")) };
        match child.name.local {
            _ if child.is("Status") => read_status(scanner, result)?,
            _ if child.is("Obligations") => result.obligations = read_duties(scanner, "Obligation", "ObligationId")?,
            _ if child.is("AssociatedAdvice") => result.advice = read_duties(scanner, "Advice", "AdviceId")?,
            _ if child.is("Attributes") => read_attributes(scanner, &child, &mut result.attributes)?,
            _ if child.is("PolicyIdentifierList") => result.policies = read_policies(scanner)?,
            _ => return Err(unexpected(&child, "a part of a `Result`")),
        }
    }
    result.ok_or_else(|| RequestError::new("`Result` without `Decision`", Some(tag.at)))
}

fn read_status(scanner: &mut Scanner<'_>, result: &mut AnswerResult) -> Read<()> {
    while let Some(child) = scanner.child()? {
        if child.is("StatusCode") {
            result.status_code = required(scanner, &child, "Value")?;
            let mut depth = 1;
            while depth > 0 {
                match scanner.child()? {
                    None => depth -= 1,
                    Some(minor) => {
                        depth += 1;
                        result.minor_codes.push(required(scanner, &minor, "Value")?);
                    }
                }
            }
        } else if child.is("StatusMessage") {
            result.status_message = Some(plain_text(scanner, &child)?.to_owned());
        } else if child.is("StatusDetail") {
            result.missing = read_missing(scanner)?;
        } else {
            return Err(unexpected(&child, "StatusCode"));
        }
    }
    Ok(())
}

fn read_missing(scanner: &mut Scanner<'_>) -> Read<Vec<AnswerMissing>> {
    let mut missing = Vec::new();
    while let Some(child) = scanner.mixed_child()? {
        if child.is("MissingAttributeDetail") {
            missing.push(AnswerMissing {
                category: required(scanner, &child, "Category")?,
                id: required(scanner, &child, "AttributeId")?,
                data_type: required(scanner, &child, "DataType")?,
                issuer: optional(scanner, "Issuer"),
            });
        }
        scanner.skip(&child)?;
    }
    Ok(missing)
}

fn read_duties(scanner: &mut Scanner<'_>, name: &str, id: &str) -> Read<Vec<AnswerDuty>> {
    let mut duties = Vec::new();
    while let Some(child) = scanner.child()? {
        if !child.is(name) {
            return Err(unexpected(&child, name));
        }
        let id = required(scanner, &child, id)?;
        let mut assignments = Vec::new();
        while let Some(child) = scanner.child()? {
            if !child.is("AttributeAssignment") {
                return Err(unexpected(&child, "AttributeAssignment"));
            }
            assignments.push(AnswerAssignment {
                id: required(scanner, &child, "AttributeId")?,
                category: optional(scanner, "Category"),
                issuer: optional(scanner, "Issuer"),
                value: AnswerValue::from(&read_value(scanner, &child)?),
            });
        }
        duties.push(AnswerDuty { id, assignments });
    }
    Ok(duties)
}

fn read_attributes(scanner: &mut Scanner<'_>, tag: &Tag<'_>, attributes: &mut Vec<AnswerAttribute>) -> Read<()> {
    let category = required(scanner, tag, "Category")?;
    let group = optional(scanner, "xml:id");
    while let Some(child) = scanner.child()? {
        if !child.is("Attribute") {
            scanner.skip(&child)?;
            continue;
        }
        let id = required(scanner, &child, "AttributeId")?;
        let issuer = optional(scanner, "Issuer");
        while let Some(child) = scanner.child()? {
            attributes.push(AnswerAttribute {
                category: category.clone(),
                group: group.clone(),
                id: id.clone(),
                issuer: issuer.clone(),
                value: AnswerValue::from(&read_value(scanner, &child)?),
            });
        }
    }
    Ok(())
}

fn read_policies(scanner: &mut Scanner<'_>) -> Read<Vec<AnswerPolicy>> {
    let mut policies = Vec::new();
    while let Some(child) = scanner.child()? {
        let is_set = child.is("PolicySetIdReference");
        if !is_set && !child.is("PolicyIdReference") {
            return Err(unexpected(&child, "PolicyIdReference` or `PolicySetIdReference"));
        }
        let version = optional(scanner, "Version");
        policies.push(AnswerPolicy { is_set, id: collapse(plain_text(scanner, &child)?).to_owned(), version });
    }
    Ok(policies)
}

fn required(scanner: &Scanner<'_>, tag: &Tag<'_>, name: &str) -> Read<String> {
    optional(scanner, name).ok_or_else(|| without(tag, name))
}

// The attribute's value; `Issuer` is a string, whose white space counts.
fn optional(scanner: &Scanner<'_>, name: &str) -> Option<String> {
    let mut found = None;
    let _always_ok = each_of(scanner, |attribute| {
        if attribute.name.qualified == name {
            found = Some(if name == "Issuer" { attribute.value } else { collapse(attribute.value) }.to_owned());
        }
        Ok(())
    });
    found
}
