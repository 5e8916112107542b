package config

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration is a span of time, written as Go writes it ("1h30m") plus d for
// days of 24 hours and w for weeks ("90d", "1w2d"). It is never negative.
type Duration time.Duration

// Std returns d as the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String returns d as one would write it in the file.
func (d Duration) String() string {
	if d > 0 && time.Duration(d)%day == 0 {
		return strconv.FormatInt(int64(time.Duration(d)/day), 10) + "d"
	}
	return time.Duration(d).String()
}

// errDuration says what a duration looks like.
var errDuration = errors.New("is not a duration; write 30s, 15m, 1h30m, 7d or 2w")

// UnmarshalText reads what the file says.
func (d *Duration) UnmarshalText(text []byte) error {
	rest := string(text)
	var total time.Duration
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"w", 7 * day}, {"d", day}} {
		number, after, found := strings.Cut(rest, unit.name)
		if !found {
			continue
		}
		n, err := strconv.ParseFloat(number, 64)
		// Compared as floats: a product that no longer fits an int64 would
		// wrap into a negative delay.
		if err != nil || !(n >= 0) || n*float64(unit.size) > math.MaxInt64/4 {
			return errDuration
		}
		total += time.Duration(n * float64(unit.size))
		rest = after
	}
	if rest != "" {
		std, err := time.ParseDuration(rest)
		if err != nil || std < 0 || std > math.MaxInt64/4 {
			return errDuration
		}
		total += std
	} else if len(text) == 0 {
		return errDuration
	}
	*d = Duration(total)
	return nil
}

// MarshalText writes what [Duration.UnmarshalText] reads.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Size is a number of bytes, written as 15MiB, 512KiB, 2MB or 4096.
type Size int64

// The units of a [Size].
const (
	KiB Size = 1 << 10
	MiB Size = 1 << 20
	GiB Size = 1 << 30
)

var sizeUnits = []struct {
	name string
	size Size
}{
	{"KiB", KiB}, {"MiB", MiB}, {"GiB", GiB},
	{"KB", 1e3}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9},
	{"B", 1}, {"", 1},
}

// String returns s as one would write it in the file.
func (s Size) String() string {
	for _, u := range sizeUnits[:3] {
		if s >= u.size && s%u.size == 0 && s/u.size < 1024 {
			return fmt.Sprintf("%d%s", int64(s/u.size), u.name)
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// UnmarshalText reads what the file says.
func (s *Size) UnmarshalText(text []byte) error {
	for _, u := range sizeUnits {
		number, found := strings.CutSuffix(string(text), u.name)
		if !found {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimRight(number, " "), 64)
		if err != nil || !(n >= 0) || n*float64(u.size) > math.MaxInt64/4 {
			break
		}
		*s = Size(n * float64(u.size))
		return nil
	}
	return errors.New("is not a size; write 512KiB, 15MiB or 2MB")
}

// MarshalText writes what [Size.UnmarshalText] reads.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes the short form, in which the database is one string.
func (d *Database) UnmarshalText(text []byte) error {
	d.URL = string(text)
	return nil
}
