package main

import "net/url"

// redact hides a password in an address: what is printed or logged is read by
// more people than config.yaml (S15, S32).
func redact(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	if u.User == nil {
		return raw
	}
	return u.Redacted()
}
