package sourcelist

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rightswire/rightswire/news"
)

// WriteCSV writes sources as a table with a line of column names, one for each
// field. Categories are separated by semicolons, headers by line breaks. A cell
// that a spreadsheet would take for a formula begins with an apostrophe, which
// reading takes off again. Sources are to be as written, as for [WriteOPML].
func WriteCSV(sources []news.Source) ([]byte, error) {
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	row := make([]string, len(columns))
	for i, c := range columns {
		row[i] = c.name
	}
	if err := w.Write(row); err != nil {
		return nil, fmt.Errorf("write the list as CSV: %w", err)
	}
	for i := range sources {
		s := &sources[i]
		for i, c := range columns {
			if c.name == "categories" {
				row[i] = strings.Join(s.Categories, "; ")
				continue
			}
			row[i] = guard(c.get(s))
		}
		if err := w.Write(row); err != nil {
			return nil, fmt.Errorf("write the list as CSV: %w", err)
		}
	}
	w.Flush()
	return buf.Bytes(), w.Error()
}

// formula is what begins what a spreadsheet works out, or our own mark.
const formula = "=+-@\t\r'"

func guard(cell string) string {
	if cell != "" && strings.ContainsRune(formula, rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func unguard(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune(formula, rune(cell[1])) {
		return cell[1:]
	}
	return cell
}

// headerLines writes request headers as "Name: value" lines.
func headerLines(s *news.Source) string {
	lines := make([]string, 0, len(s.Headers))
	for _, name := range slices.Sorted(maps.Keys(s.Headers)) {
		lines = append(lines, name+": "+s.Headers[name])
	}
	return strings.Join(lines, "\n")
}

// headersOf reads what headerLines wrote.
func headersOf(cell string) map[string]string {
	out := map[string]string{}
	for line := range strings.SplitSeq(cell, "\n") {
		if name, value, ok := strings.Cut(strings.TrimSuffix(line, "\r"), ":"); ok {
			out[strings.TrimSpace(name)] = strings.TrimPrefix(value, " ")
		}
	}
	return out
}
