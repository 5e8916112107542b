package config

import (
	"net/netip"
	"time"
)

// Retention says how long things are kept; 0 is for ever.
type Retention struct {
	Items    Duration `yaml:"items" jsonschema_description:"Items and stories, since their youngest report was first seen."`
	MaxItems int      `yaml:"max_items" jsonschema_description:"About so many items, the newest; 0: any number."`
	Ledger   Duration `yaml:"ledger" jsonschema_description:"Rows of the ledger of polls; the latest fifty of a source stay."`
	Audit    Duration `yaml:"audit" jsonschema_description:"Entries of the record of what was done on the desk's pages."`
}

// Backup says where schedule.backup puts copies of the database.
type Backup struct {
	To   string `yaml:"to" jsonschema_description:"Folder, made if it is not there, relative to config.yaml; empty: no backups on schedule."`
	Keep int    `yaml:"keep" jsonschema_description:"How many of its own backups stay in the folder, the newest; 0: all."`
}

// Metrics says who may read /metrics at admin.listen. Without either it is not
// there.
type Metrics struct {
	From      []netip.Prefix `yaml:"from" jsonschema_description:"Networks whose programs may read the metrics directly, without a proxy in between, as CIDRs."`
	Token     Secret         `yaml:"token,omitempty" jsonschema_description:"Bearer token with which anybody may, as $NAME."`
	TokenFile string         `yaml:"token_file,omitempty" jsonschema_description:"File that holds that token and nothing else, relative to config.yaml."`
}

// On reports whether anybody may read the metrics.
func (m Metrics) On() bool { return len(m.From) > 0 || m.Token != "" }

// keepLeast is the shortest time for which items are kept: feeds go on listing
// what is a few days old, and the desk has to see a week.
const keepLeast = 7 * day

// care checks what is done for the database, and who may look.
func (k *checker) care() {
	r, b, m := k.c.Retention, k.c.Backup, &k.c.Metrics
	if least := max(keepLeast, k.c.Stories.Window.Std()+day); r.Items != 0 && r.Items.Std() < least {
		k.main.problem("retention.items", "%s is too short; write at least %s, for grouping needs what is younger, or 0 for ever", r.Items, Duration(least))
	}
	if r.MaxItems < 0 {
		k.main.problem("retention.max_items", "%d is no number of items; write 0 for any number", r.MaxItems)
	}
	if r.Ledger != 0 && r.Ledger.Std() < 24*time.Hour {
		k.main.problem("retention.ledger", "%s is too short; write at least 1d, or 0 for ever", r.Ledger)
	}
	if r.Audit != 0 && r.Audit.Std() < 30*day {
		k.main.problem("retention.audit", "%s is too short; write at least 30d, for the record is to tell who did something, or 0 for ever", r.Audit)
	}
	if b.Keep < 0 {
		k.main.problem("backup.keep", "%d is no number of backups; write 0 to keep all", b.Keep)
	}
	if k.c.Schedule.Prune == "" && (k.main.has("retention.items") && r.Items != 0 || r.MaxItems != 0) {
		k.note(k.main, "schedule.prune", "is off: nothing leaves by itself; \"rightswire prune\" does it by hand")
	}
	k.secret("metrics.token", &m.Token, m.TokenFile)
	if m.Token != "" && !tokenPattern().MatchString(string(m.Token)) {
		k.main.problem(k.where("metrics.token"), "is no token; it needs 20 to 200 random letters, digits, - and _, such as \"openssl rand -hex 20\" prints")
	}
	for _, p := range m.From {
		if p.Bits() == 0 {
			k.main.problem("metrics.from", "%s is everybody; name the network of your monitoring, or use a token", p)
		}
	}
}
