package classify

import "slices"

// latinLangs are the languages in Latin letters, those of many newsrooms
// first.
var latinLangs = []string{
	"en", "es", "fr", "pt", "de", "id", "tl", "it", "nl", "tr", "pl", "ro", "sv", "da", "nb", "fi", "et", "hu", "cs", "sk", "sl", "hr",
	"sq", "lv", "lt", "ca", "vi", "ms", "sw", "so", "uz",
	"bs", "nn", "sr", "gl", "eu", "az", "tk", "ku", "af", "is", "ga", "cy", "eo", "mt", "lb", "oc", "ha", "yo", "ig", "pcm",
	"zu", "xh", "st", "tn", "ts", "sn", "ny", "ln", "lg", "rw", "rn", "om", "mg", "ht", "jv", "su", "ceb", "ilo", "qu", "gn", "mi",
}

// commonLatin is how many of latinLangs are common.
const commonLatin = 31

// allLangs numbers every language that the detector compares with others, so
// that what speaks for each fits an array.
var allLangs = func() []string {
	out := slices.Clone(latinLangs)
	for _, w := range writings {
		out = append(out, w.langs...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}()

// maxLangs bounds len(allLangs); a test holds it to that.
const maxLangs = 128

// langID returns a language's number, or -1.
func langID(lang string) int {
	i, ok := slices.BinarySearch(allLangs, lang)
	if !ok {
		return -1
	}
	return i
}

func langIDs(langs []string) []int {
	out := make([]int, len(langs))
	for i, l := range langs {
		out[i] = langID(l)
	}
	return out
}

// scriptLangs are the numbers of the languages of each of writings.
var scriptLangs = func() [][]int {
	out := make([][]int, len(writings))
	for i, w := range writings {
		out[i] = langIDs(w.langs)
	}
	out[0] = langIDs(latinLangs)
	return out
}()
