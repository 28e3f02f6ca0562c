//! What can be wrong with a policy: one file for each code, with its explanation and its words.

pub(crate) mod algorithm_kind;
pub(crate) mod ambiguous_reference;
pub(crate) mod argument_count;
pub(crate) mod argument_type;
pub(crate) mod bad_attribute_value;
pub(crate) mod bad_directive;
pub(crate) mod bad_effect;
pub(crate) mod bad_literal;
pub(crate) mod bad_regex;
pub(crate) mod bad_version;
pub(crate) mod bad_xpath;
pub(crate) mod bag_for_value;
pub(crate) mod child_count;
pub(crate) mod circular_reference;
pub(crate) mod circular_variable;
pub(crate) mod condition_not_boolean;
pub(crate) mod dtd_present;
pub(crate) mod duplicate_policy_id;
pub(crate) mod duplicate_rule_id;
pub(crate) mod duplicate_variable;
pub(crate) mod element_order;
pub(crate) mod function_argument;
pub(crate) mod ill_formed_xml;
pub(crate) mod limit_exceeded;
pub(crate) mod match_function;
pub(crate) mod misplaced_function;
pub(crate) mod missing_attribute;
pub(crate) mod missing_element;
pub(crate) mod missing_must_be_present;
pub(crate) mod missing_xpath_category;
pub(crate) mod missing_xpath_version;
pub(crate) mod not_a_policy;
pub(crate) mod policy_issuer;
pub(crate) mod repeated_element;
pub(crate) mod time_without_zone;
pub(crate) mod undefined_variable;
pub(crate) mod unexpected_attribute;
pub(crate) mod unexpected_element;
pub(crate) mod unexpected_text;
pub(crate) mod unknown_algorithm;
pub(crate) mod unknown_category;
pub(crate) mod unknown_data_type;
pub(crate) mod unknown_function;
pub(crate) mod unknown_xpath_version;
pub(crate) mod unresolved_parameter;
pub(crate) mod unresolved_reference;
pub(crate) mod unsupported_encoding;
pub(crate) mod unsupported_function;
pub(crate) mod unused_directive;
pub(crate) mod unused_variable;
pub(crate) mod value_for_bag;
pub(crate) mod wrong_namespace;
pub(crate) mod xpath_prefix;

use super::Explanation;

/// Every explanation, in the alphabetical order of the codes.
pub(super) static ALL: &[Explanation] = &[
    algorithm_kind::EXPLANATION,
    ambiguous_reference::EXPLANATION,
    argument_count::EXPLANATION,
    argument_type::EXPLANATION,
    bad_attribute_value::EXPLANATION,
    bad_directive::EXPLANATION,
    bad_effect::EXPLANATION,
    bad_literal::EXPLANATION,
    bad_regex::EXPLANATION,
    bad_version::EXPLANATION,
    bad_xpath::EXPLANATION,
    bag_for_value::EXPLANATION,
    child_count::EXPLANATION,
    circular_reference::EXPLANATION,
    circular_variable::EXPLANATION,
    condition_not_boolean::EXPLANATION,
    dtd_present::EXPLANATION,
    duplicate_policy_id::EXPLANATION,
    duplicate_rule_id::EXPLANATION,
    duplicate_variable::EXPLANATION,
    element_order::EXPLANATION,
    function_argument::EXPLANATION,
    ill_formed_xml::EXPLANATION,
    limit_exceeded::EXPLANATION,
    match_function::EXPLANATION,
    misplaced_function::EXPLANATION,
    missing_attribute::EXPLANATION,
    missing_element::EXPLANATION,
    missing_must_be_present::EXPLANATION,
    missing_xpath_category::EXPLANATION,
    missing_xpath_version::EXPLANATION,
    not_a_policy::EXPLANATION,
    policy_issuer::EXPLANATION,
    repeated_element::EXPLANATION,
    time_without_zone::EXPLANATION,
    undefined_variable::EXPLANATION,
    unexpected_attribute::EXPLANATION,
    unexpected_element::EXPLANATION,
    unexpected_text::EXPLANATION,
    unknown_algorithm::EXPLANATION,
    unknown_category::EXPLANATION,
    unknown_data_type::EXPLANATION,
    unknown_function::EXPLANATION,
    unknown_xpath_version::EXPLANATION,
    unresolved_parameter::EXPLANATION,
    unresolved_reference::EXPLANATION,
    unsupported_encoding::EXPLANATION,
    unsupported_function::EXPLANATION,
    unused_directive::EXPLANATION,
    unused_variable::EXPLANATION,
    value_for_bag::EXPLANATION,
    wrong_namespace::EXPLANATION,
    xpath_prefix::EXPLANATION,
];
