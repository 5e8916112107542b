package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatIsStoredCanBeReadWithoutTheSecretsOfTheOutside(t *testing.T) {
	for _, tt := range []struct{ name, add, want string }{
		{"a header of a source", "    headers: {Authorization: $RW_NONE}\n", ""},
		{"a source's proxy", "    proxy: \"http://u:$RW_NONE@p.example.org:3128\"\n", ""},
		{"the hub", "publish: {hub: \"https://hub.example.org/$RW_NONE\"}\n", ""},
		{"mail", "digest: {mail: {to: [desk@example.org], server: \"smtp.example.org:587\", user: u, password: $RW_NONE}}\n", ""},
		{"a file of mail that cannot be read", "digest: {mail: {to: [desk@example.org], server: \"smtp.example.org:587\", user: u, password_file: nowhere}}\n", ""},
		{"a webhook", "digest: {webhook: {url: $RW_NONE, secret: $RW_NONE}}\n", ""},
		{"the desk's password", "admin: {password: $RW_NONE}\n", ""},
		{"a literal secret is a mistake still", "health: {feed_token: 0123456789abcdef0123}\n", "health.feed_token: holds a secret"},
		{"a header without a name is a mistake still", "    headers: {\"a b\": $RW_NONE}\n", "is not the name of a header"},
		{"the database needs its own", "database: \"postgres://wire:$RW_NONE@db.example.org/wire\"\n", "database: the environment variable RW_NONE is not set"},
		{"and its own file", "database: {url: \"postgres://wire@db.example.org/wire\", password_file: nowhere}\n", `database.password_file: "nowhere": no such file`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "c.yaml")
			if err := os.WriteFile(path, []byte(base+tt.add), 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := Load(path, WithEnv(os.LookupEnv), WithoutSecrets())
			if got := said(err); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("Load says %q, want %q", got, tt.want)
			}
			if err == nil && c.Digest.Mail.Password != "" {
				t.Errorf("a password that is not there is %q", string(c.Digest.Mail.Password))
			}
			if tt.want == "" {
				if _, err := Load(path, WithEnv(os.LookupEnv)); err == nil {
					t.Error("with secrets, it is no mistake either")
				}
			}
		})
	}
}

// said is an error's text, empty for none.
func said(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
