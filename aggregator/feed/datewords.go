package feed

import (
	"strings"
	"sync"
	"time"

	"golang.org/x/text/unicode/norm"
)

// monthNames lists the months by language, January first. Variants of a month
// are separated by "|": nominative and genitive, old and new spelling. Short
// forms need no entry if three letters of a name say which month it is.
var monthNames = []string{
	/* en */ "january february march april may june july august september october november december",
	/* es */ "enero febrero marzo abril mayo junio julio agosto septiembre|setiembre octubre noviembre diciembre",
	/* fr */ "janvier fevrier mars avril mai juin juillet|juil aout septembre octobre novembre decembre",
	/* pt */ "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
	/* de */ "januar|janner februar marz|maerz|mrz april mai juni juli august september oktober november dezember",
	/* it */ "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
	/* ru */ "январь|января февраль|февраля март|марта апрель|апреля май|мая июнь|июня июль|июля август|августа сентябрь|сентября октябрь|октября ноябрь|ноября декабрь|декабря",
	/* uk */ "січень|січня лютий|лютого березень|березня квітень|квітня травень|травня червень|червня липень|липня серпень|серпня вересень|вересня жовтень|жовтня листопад|листопада грудень|грудня",
	/* pl */ "styczeń|stycznia luty|lutego marzec|marca kwiecień|kwietnia maj|maja czerwiec|czerwca lipiec|lipca sierpień|sierpnia wrzesień|września październik|października listopad|listopada grudzień|grudnia",
	/* cs */ "leden|ledna únor|února březen|března duben|dubna květen|května červen|června červenec|července srpen|srpna září říjen|října listopad|listopadu prosinec|prosince",
	/* nl */ "januari februari maart|mrt april mei juni juli augustus september oktober november december",
	/* hu */ "január február március április május június július augusztus szeptember|szept október november december",
	/* tr */ "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
	/* id */ "januari februari maret april mei juni juli agustus|agt september oktober november|nop desember",
	/* tl */ "enero pebrero marso abril mayo hunyo hulyo agosto setyembre oktubre nobyembre disyembre",
	/* el */ "ιανουάριος|ιανουαρίου φεβρουάριος|φεβρουαρίου μάρτιος|μαρτίου απρίλιος|απριλίου μάιος|μαΐου|μαι ιούνιος|ιουνίου|ιουν ιούλιος|ιουλίου|ιουλ αύγουστος|αυγούστου σεπτέμβριος|σεπτεμβρίου|σεπτ οκτώβριος|οκτωβρίου νοέμβριος|νοεμβρίου δεκέμβριος|δεκεμβρίου",
	/* ar */ "يناير فبراير مارس أبريل|ابريل مايو يونيو|يونيه يوليو|يوليه أغسطس|اغسطس سبتمبر أكتوبر|اكتوبر نوفمبر ديسمبر",
	/* ar, Maghreb */ "جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر",
	/* ar, Levant */ "كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول",
	/* fa */ "ژانویه فوریه مارس آوریل مه|می ژوئن ژوئیه|جولای اوت|آگوست سپتامبر اکتبر نوامبر دسامبر",
	/* hi */ "जनवरी फरवरी|फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर|सितम्बर अक्टूबर|अक्तूबर नवंबर|नवम्बर दिसंबर|दिसम्बर",
	/* bn */ "জানুয়ারি|জানুয়ারী ফেব্রুয়ারি|ফেব্রুয়ারী মার্চ এপ্রিল মে জুন জুলাই আগস্ট|আগষ্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর",
	/* ro, ca, sv, da, no */ "ianuarie|gener|januar februarie|febrer|februar martie|marc|mars aprilie|abril|april mai|maig|maj iunie|juny|juni iulie|juliol|juli august|agost|augusti septembrie|setembre|september octombrie|octubre|oktober noiembrie|novembre|november decembrie|desembre|desember",
}

// ambiguous marks a beginning that several months share.
const ambiguous = time.Month(-1)

// monthTable maps the folded names of months, and every beginning of one that
// has three letters or more, to the month.
var monthTable = sync.OnceValue(func() map[string]time.Month {
	m := map[string]time.Month{}
	for _, lang := range monthNames {
		for i, names := range strings.Fields(lang) {
			for n := range strings.SplitSeq(names, "|") {
				rs := []rune(fold(strings.ReplaceAll(n, "_", " ")))
				for k := 3; k < len(rs); k++ {
					start, month := string(rs[:k]), time.Month(i+1)
					if was, ok := m[start]; ok && was != month {
						month = ambiguous
					}
					m[start] = month
				}
			}
		}
	}
	// Whole names last: "červen" is June although July begins with it.
	for _, lang := range monthNames {
		for i, names := range strings.Fields(lang) {
			for n := range strings.SplitSeq(names, "|") {
				m[fold(strings.ReplaceAll(n, "_", " "))] = time.Month(i + 1)
			}
		}
	}
	return m
})

// month returns the month that a folded word names, 0 if it names none.
func month(word string) time.Month { return max(monthTable()[word], 0) }

// fold lowers a word and takes the accents off, so that "août", "Août" and
// "aout" are one.
func fold(s string) string {
	s = strings.ToLower(s)
	plain := true
	for i := range len(s) {
		plain = plain && s[i] < 0x80
	}
	if plain {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x300 && r <= 0x36f:
			return -1
		case r == 'ı':
			return 'i'
		case r == 'ς':
			return 'σ'
		}
		return r
	}, norm.NFD.String(s))
}

// zones maps zone names to minutes east of Greenwich. Where a name has several
// meanings, the one that feeds use counts: IST is India, CST and EST are in
// North America, BST is British Summer Time.
var zones = map[string]int{
	"z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "etc": 0, "uct": 0, "zulu": 0,
	"west": 60, "bst": 60, "cet": 60, "met": 60, "mez": 60, "wat": 60, "ist": 330,
	"cest": 120, "mest": 120, "mesz": 120, "eet": 120, "sast": 120, "cat": 120, "idt": 180,
	"eest": 180, "msk": 180, "eat": 180, "trt": 180, "ast": -240, "adt": -180,
	"msd": 240, "samt": 240, "gst": 240, "azt": 240, "get": 240, "amt": 240, "irst": 210, "irdt": 270, "aft": 270,
	"pkt": 300, "uzt": 300, "yekt": 300, "mvt": 300, "npt": 345, "bdt": 360, "omst": 360, "almt": 360, "mmt": 390,
	"ict": 420, "wib": 420, "krat": 420, "novt": 420, "hkt": 480, "sgt": 480, "myt": 480, "pht": 480, "phst": 480, "wita": 480, "awst": 480, "irkt": 480, "ulat": 480,
	"jst": 540, "kst": 540, "wit": 540, "yakt": 540, "acst": 570, "acdt": 630,
	"aest": 600, "vlat": 600, "chst": 600, "aedt": 660, "magt": 660, "nzst": 720, "nzdt": 780, "fjt": 720,
	"nst": -210, "ndt": -150, "brt": -180, "art": -180, "clst": -180, "uyt": -180, "brst": -120,
	"clt": -240, "bot": -240, "vet": -240, "pyt": -240, "cot": -300, "pet": -300, "ect": -300,
	"est": -300, "edt": -240, "et": -300, "cst": -360, "cdt": -300, "ct": -360, "mst": -420, "mdt": -360, "mt": -420,
	"pst": -480, "pdt": -420, "pt": -480, "akst": -540, "akdt": -480, "hst": -600, "hast": -600, "sst": -660,
}

// halves maps the words for the half of the day to hours to add.
var halves = map[string]int{
	"am": 0, "a.m": 0, "pm": 12, "p.m": 12, "오전": 0, "오후": 12, "上午": 0, "下午": 12, "午前": 0, "午後": 12, "ص": 0, "م": 12, "πμ": 0, "μμ": 12,
}
