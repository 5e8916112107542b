package config

import (
	"net/url"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
	"golang.org/x/text/language"
)

// isWebURL reports whether s is an absolute http or https URL with a host.
func isWebURL(s string) bool {
	return webURL(s) != nil
}

// webURL is the URL that [isWebURL] finds; nil: none.
func webURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.ContainsAny(s, " \t\n\"<>") {
		return nil
	}
	return u
}

// url reports what is no plain web address, and returns what is.
func (k *checker) url(doc *document, path, s string) *url.URL {
	u := webURL(s)
	if u == nil {
		doc.problem(path, "%s is not an http or https URL; write the whole address, such as https://news.example/feed.xml", quote(withoutUser(s)))
		return nil
	}
	if u.User != nil {
		// Addresses are published, in sources.opml and in <source>.
		doc.problem(path, "has a user name or password in the address, and addresses are published; write headers: {Authorization: $NAME} instead")
		return nil
	}
	return u
}

// withoutUser hides what may be a password from a message.
func withoutUser(s string) string {
	if scheme, rest, found := strings.Cut(s, "://"); found {
		authority, _, _ := strings.Cut(rest, "/")
		if at := strings.LastIndex(authority, "@"); at >= 0 {
			return scheme + "://…" + rest[at:]
		}
	}
	return s
}

// cron reports an expression that the scheduler would not take, or that never
// comes. An empty one is fine: the task is off.
func (k *checker) cron(doc *document, path, expr string) {
	if expr == "" {
		return
	}
	const hint = `"0 */2 * * *" and "@every 30m" are`
	// The library slices out of bounds when a zone is all there is.
	if strings.HasPrefix(expr, "TZ=") || strings.HasPrefix(expr, "CRON_TZ=") {
		if !strings.Contains(expr, " ") {
			doc.problem(path, "%s is not a cron expression; %s", quote(expr), hint)
			return
		}
	}
	if every, found := strings.CutPrefix(expr, "@every "); found {
		if d, err := time.ParseDuration(every); err != nil || d < time.Second {
			doc.problem(path, "%s is not a cron expression; %s", quote(expr), hint)
		}
		return
	}
	s, err := cron.ParseStandard(expr)
	if err != nil {
		doc.problem(path, "%s is not a cron expression (%s); %s", quote(expr), plainMessage(err.Error()), hint)
		return
	}
	// From the eve of a leap year, so that 29 February counts as a day.
	if s.Next(time.Date(2023, 12, 31, 0, 0, 0, 0, time.UTC)).IsZero() {
		doc.problem(path, "%s never comes; no month has that day", quote(expr))
	}
}

// language reports what is no BCP 47 tag. An empty one is fine.
func (k *checker) language(doc *document, path, tag string) {
	if tag != "" && !isLanguage(tag) {
		doc.problem(path, "%s", wrongLanguage(tag))
	}
}

// isLanguage reports whether a tag is one language of BCP 47.
func isLanguage(tag string) bool {
	t, err := language.Parse(tag)
	return err == nil && !strings.Contains(tag, "_") && t != language.Und && tag != "mul"
}

func wrongLanguage(tag string) string {
	return quote(tag) + " is not a BCP 47 language; write en, pt-BR or zh-Hant"
}

// iso3166 are the officially assigned alpha-2 codes, and XK, which news.Place
// uses for Kosovo.
const iso3166 = " AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ" +
	" CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR" +
	" GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP" +
	" KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ" +
	" NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW" +
	" SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ" +
	" UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK "

// IsCountry reports whether a code is one that items can be filed under.
func IsCountry(code string) bool {
	return len(code) == 2 && strings.Contains(iso3166, " "+code+" ")
}

// country reports what is no country code. An empty one is fine.
func (k *checker) country(doc *document, path, code string) {
	if code != "" && !IsCountry(code) {
		doc.problem(path, "%s", wrongCountry(code))
	}
}

// wrongCountry says what is wrong with a code that is none.
func wrongCountry(code string) string {
	hint := "write two capital letters such as KE"
	switch strings.ToUpper(code) {
	case "UK":
		hint = "the United Kingdom is GB"
	case "EU", "INT", "UN":
		hint = "leave country out where it is about more than one"
	}
	return quote(code) + " is not an ISO 3166-1 country; " + hint
}
