package schedule

import "time"

// Cadence says how often a source is expected to have news, in words such as
// "3 items a day", by the memory of its last [Decision]; "" if there is none yet.
func Cadence(memory []byte, now time.Time) string {
	if len(memory) == 0 {
		return ""
	}
	r := unpack(memory)
	return often(r.rate(now))
}
