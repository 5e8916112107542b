package health

import (
	"net/http"
	"strings"
)

// Cause says why a poll brought no feed, as far as it can be told.
type Cause string

// The causes. Of those up to CauseTLS, but for CauseSlow, it cannot be told from
// here whether the source is down, or whether somebody keeps us from it.
const (
	CauseNone       Cause = ""           // it did not fail
	CauseName       Cause = "name"       // its name leads nowhere
	CauseSilence    Cause = "silence"    // no connection, or no answer in time
	CauseSlow       Cause = "slow"       // an answer that did not come to its end in time
	CauseCut        Cause = "cut"        // the connection was cut in the middle
	CauseTLS        Cause = "tls"        // no safe connection, or a false certificate
	CauseRefused    Cause = "refused"    // it will not have us: 401, 403, 407, 451, a check for robots
	CauseBusy       Cause = "busy"       // it has had enough: 429, 503
	CauseGone       Cause = "gone"       // 404, 410
	CauseNotAFeed   Cause = "not-a-feed" // a page, or nothing, in place of a feed
	CauseUnreadable Cause = "unreadable" // a feed that is too broken
	CauseTooLarge   Cause = "too-large"  // more bytes than fetch.max_body allows
	CauseInside     Cause = "inside"     // it leads to a private network, where our own guard lets nobody go
	CauseServer     Cause = "server"     // another 5xx
	CauseOther      Cause = "other"
)

// CauseOf tells the cause from a row of the ledger: the status of the last
// response, 0 if none came, and the error's text.
//
// The text is what is stored. Its words are those of Go's net, crypto/tls and
// crypto/x509, which have not changed in years, and our own; a test beside the
// fetcher makes each of these errors and asks for its cause.
func CauseOf(status int, text string) Cause {
	if text == "" {
		return CauseNone
	}
	switch status {
	case 0, http.StatusOK, http.StatusNotModified:
		return causeOfText(strings.ToLower(text))
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired, http.StatusUnavailableForLegalReasons, http.StatusNotAcceptable:
		return CauseRefused
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if strings.Contains(text, "blocked by") {
			return CauseRefused
		}
		return CauseBusy
	case http.StatusNotFound, http.StatusGone:
		return CauseGone
	}
	if status >= 500 {
		return CauseServer
	}
	return CauseOther
}

// words are what errors without a telling status are known by; the first that
// occurs decides.
var words = []struct {
	cause Cause
	any   []string
}{
	{CauseInside, []string{"address is not public"}},
	{CauseTooLarge, []string{"body is too large"}},
	{CauseNotAFeed, []string{"not a feed", "empty document"}},
	{CauseUnreadable, []string{"document:", "too large", "content coding", "our reader broke"}},
	{CauseSlow, []string{"in the middle of the answer"}},
	{CauseName, []string{"no such host", "server misbehaving", "lookup "}},
	{CauseTLS, []string{"tls:", "x509:", "certificate", "http response to https"}},
	{CauseCut, []string{"connection reset", "broken pipe", "eof", "server closed", "malformed http"}},
	{CauseSilence, []string{"timed out", "timeout", "refused", "no route", "unreachable", "deadline exceeded", "dial tcp", "socks connect", "proxyconnect"}},
}

func causeOfText(text string) Cause {
	for _, w := range words {
		for _, s := range w.any {
			if strings.Contains(text, s) {
				return w.cause
			}
		}
	}
	return CauseOther
}

// FromHere reports whether the cause leaves open if anything is wrong with the
// source at all: its readers may well reach it.
func (c Cause) FromHere() bool {
	switch c {
	case CauseName, CauseSilence, CauseCut, CauseTLS, CauseRefused:
		return true
	}
	return false
}

// sentence says a cause in plain words.
func (c Cause) sentence() string {
	switch c {
	case CauseName:
		return "its name leads nowhere (the name service does not know it)"
	case CauseSilence:
		return "nobody answers at its address"
	case CauseSlow:
		return "its server answers, and too slowly for fetch.timeout"
	case CauseCut:
		return "the connection is cut before an answer has come"
	case CauseTLS:
		return "no safe connection to it can be made (its certificate is not good, or somebody stands in between)"
	case CauseRefused:
		return "its server answers, and will not let us in"
	case CauseBusy:
		return "its server says that it is too busy"
	case CauseGone:
		return "its server says that there is no such feed"
	case CauseNotAFeed:
		return "what is at its address is not a feed"
	case CauseUnreadable:
		return "its feed is too broken to be read"
	case CauseTooLarge:
		return "what it sends is larger than fetch.max_body allows"
	case CauseInside:
		return "it leads to an address inside a private network or this machine, where nothing is asked"
	case CauseServer:
		return "its server says that it has an error of its own"
	}
	return "it could not be read"
}

// advice says what the desk should do.
func (c Cause) advice() string {
	const look = "Open the address in a browser, once from here and once through Tor Browser or a VPN in another country. "
	switch c {
	case CauseName, CauseSilence, CauseCut, CauseTLS:
		return look + "If it opens elsewhere only, it is blocked on our way to it and not dead: give it a way round with proxy: at the source. " +
			"If it opens nowhere for weeks, ask its people or look for its new address, and pause it until then."
	case CauseSlow:
		return "Nothing if it passes. If it stays, raise fetch.timeout, or ask its people for a feed with fewer entries."
	case CauseRefused:
		return look + "If it opens there, its server or the one in front of it turns us away: ask its people to let our bot in (the page /about/bot/ says who we are), or give the source a proxy: of its own."
	case CauseBusy:
		return "Nothing for now: we come less often by ourselves. If it stays for days, give the source a schedule: that asks seldom."
	case CauseGone:
		return "Look on its site for the feed's new address and write it as url:. \"rightswire sources discover\" helps. If there is none any more, pause or remove the source."
	case CauseNotAFeed:
		return "Open the address in a browser: a page in place of the feed is a sign of a move, of a parked domain or of a check for robots. Find the new address with \"rightswire sources discover\", or pause the source."
	case CauseUnreadable:
		return "Tell its people that their feed is broken (validator.w3.org/feed says where). \"rightswire sources show\" has what was found."
	case CauseTooLarge:
		return "Look at what is at its address. If it is its feed and worth it, raise fetch.max_body; else ask its people for a feed with fewer entries."
	case CauseInside:
		return "If it is a server of your own, name its network in fetch.allow. If not, its name or its redirect is broken, or somebody tries to have this machine look inside: tell its people, or pause the source."
	case CauseServer:
		return "Nothing for now: such errors mostly pass. If it stays, tell its people."
	}
	return "\"rightswire sources show\" has every poll and what came of it."
}
