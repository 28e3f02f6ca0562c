//! Names and addresses against patterns: special match (A.3.14), and the DLP/NAC profile. The pattern comes first.

use super::Call;
use super::answer::{Answer, unfit};
use crate::value::Value;

/// `x500Name-match`: the first name is where the second ends.
pub(super) fn x500_name<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [Value::X500Name(end), Value::X500Name(name)] = arguments else { return unfit() };
    Ok(Value::Boolean(end.is_suffix_of(name)))
}

/// `rfc822Name-match`: an address, a domain, or `.domain` for all below it.
pub(super) fn rfc822_name<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    let [Value::String(pattern), Value::Rfc822Name(name)] = arguments else { return unfit() };
    Ok(Value::Boolean(name.matches(pattern)))
}

/// `ipAddress-match`, `dnsName-match`: ports don't count.
pub(super) fn host<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    match arguments {
        [Value::IpAddressPattern(pattern), Value::IpAddressValue(value)] => Ok(Value::Boolean(pattern.contains(value))),
        [Value::DnsNamePattern(pattern), Value::DnsNameValue(value)] => Ok(Value::Boolean(pattern.contains(value))),
        _ => unfit(),
    }
}

/// `ipAddress-endpoint-match`, `dnsName-endpoint-match`: host and port.
pub(super) fn endpoint<'a>(_: &Call<'a>, arguments: &[Value<'a>]) -> Answer<'a> {
    match arguments {
        [Value::IpAddressPattern(pattern), Value::IpAddressValue(value)] => {
            Ok(Value::Boolean(pattern.endpoint_contains(value)))
        }
        [Value::DnsNamePattern(pattern), Value::DnsNameValue(value)] => {
            Ok(Value::Boolean(pattern.endpoint_contains(value)))
        }
        _ => unfit(),
    }
}
