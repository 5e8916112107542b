package admin

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/crypto/argon2"
)

// Person is somebody who may log in.
type Person struct {
	Name string // as the record and the corrections call them
	Hash string // of the password, as [HashPassword] makes it
}

// tag changes with the password, so that a changed one ends its sessions.
func (p Person) tag() string {
	sum := sha256.Sum256([]byte(p.Name + ":" + p.Hash))
	return hex.EncodeToString(sum[:8])
}

// cost is what a hash takes: the second choice of RFC 9106 section 4, for
// where 2 GiB are too much.
type cost struct {
	memory  uint32 // KiB
	time    uint32
	threads uint8
}

var usualCost = cost{memory: 64 << 10, time: 3, threads: 4}

const (
	// MinPassword is the least length of a password, in bytes.
	MinPassword = 12
	maxPassword = 1024
)

// ErrWeak is returned for a password that is too short or absurdly long.
var ErrWeak = fmt.Errorf("write a password of at least %d characters; a few words that nobody would put together are good", MinPassword)

// HashPassword returns the argon2id hash of a password in the usual text form
// ($argon2id$v=19$m=…,t=…,p=…$salt$hash). It returns [ErrWeak].
func HashPassword(password string) (string, error) {
	if len(password) < MinPassword || len(password) > maxPassword {
		return "", ErrWeak
	}
	salt := make([]byte, 16)
	rand.Read(salt) // never fails: see crypto/rand
	return usualCost.text(salt, usualCost.key(password, salt, 32)), nil
}

func (c cost) key(password string, salt []byte, length int) []byte {
	return argon2.IDKey([]byte(password), salt, c.time, c.memory, c.threads, uint32(length))
}

func (c cost) text(salt, key []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.time, c.threads, b64(salt), b64(key))
}

// parseHash reads what [HashPassword] made, or another program in the same
// form. It bounds what a hash may cost: the file is the desk's own, but a slip
// in it must not take the machine's memory.
func parseHash(text string) (c cost, salt, key []byte, err error) {
	bad := errors.New("it is no argon2id hash; \"rightswire admin password\" makes one")
	var version int
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return c, nil, nil, bad
	}
	if n, err := fmt.Sscanf(parts[2], "v=%d", &version); n != 1 || err != nil || version != argon2.Version {
		return c, nil, nil, bad
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.threads); n != 3 || err != nil {
		return c, nil, nil, bad
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	key, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	switch {
	case err1 != nil, err2 != nil, len(salt) < 8, len(key) < 16, len(key) > 128, c.threads == 0, c.time == 0:
		return c, nil, nil, bad
	case c.memory < 7<<10 || c.memory > 1<<20 || c.time > 32:
		return c, nil, nil, errors.New("its hash costs too little or too much; \"rightswire admin password\" makes one that is right")
	}
	return c, salt, key, nil
}

// matches reports whether a password is the one that was hashed. What cannot
// be read matches nothing.
func matches(hash, password string) bool {
	c, salt, key, err := parseHash(hash)
	if err != nil || len(password) > maxPassword {
		return false
	}
	return subtle.ConstantTimeCompare(c.key(password, salt, len(key)), key) == 1
}

// personName is what somebody can be called. To compile it takes longer than most
// commands that have nothing to do with people.
var personName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\pL\pN][\pL\pN._@ -]{0,63}$`) })

// ValidName reports whether somebody can be called so.
func ValidName(name string) bool { return personName().MatchString(name) }

// ParsePeople reads who may log in: a line for each, NAME:HASH. Lines that are
// empty or begin with # say nothing. It returns an error if a line cannot be
// read or if nobody is left.
func ParsePeople(text string) ([]Person, error) {
	var list []Person
	seen := map[string]bool{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, hash, ok := strings.Cut(line, ":")
		if !ok || !ValidName(name) {
			return nil, fmt.Errorf("line %d: it is no NAME:HASH; \"rightswire admin password NAME\" prints one", n)
		}
		if seen[name] {
			return nil, fmt.Errorf("line %d: %q stands there twice", n, name)
		}
		if _, _, _, err := parseHash(hash); err != nil {
			return nil, fmt.Errorf("line %d, %q: %w", n, name, err)
		}
		seen[name] = true
		list = append(list, Person{name, hash})
	}
	if len(list) == 0 {
		return nil, errors.New("there is nobody in it; \"rightswire admin password NAME\" prints a line for it")
	}
	return list, nil
}

// whoIs returns the person that a name and a password belong to; nil: nobody.
// It takes as long for a name that nobody has (S36).
func whoIs(people []Person, name, password string) *Person {
	if len(people) == 0 {
		return nil
	}
	found, hash := -1, people[0].Hash
	for i, p := range people {
		if subtle.ConstantTimeCompare([]byte(p.Name), []byte(name)) == 1 {
			found, hash = i, p.Hash
		}
	}
	if !matches(hash, password) || found < 0 {
		return nil
	}
	return &people[found]
}
