package clean

import "strings"

// FeedLanguage is [Language] as RSS and Atom may declare it: "und" for a
// language beyond ISO 639-1 and ISO 639-2, such as "ckb" or "pcm". BCP 47 has
// those too, but to the W3C validator they are errors (F01). JSON Feed, pages
// and the HTML of an entry name them.
func FeedLanguage(s string) string {
	s = Language(s)
	if primary, _, _ := strings.Cut(strings.ToLower(s), "-"); s != "" && !iso639[primary] {
		return "und"
	}
	return s
}

var iso639 = func() map[string]bool {
	set := map[string]bool{}
	for _, code := range strings.Fields(iso639Codes) {
		set[code] = true
	}
	return set
}()

// iso639Codes are the codes of two letters, then those of three of languages
// that have none of two.
const iso639Codes = `
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg
ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn
no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta
te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu ace ach ada ady afa afh ain akk
ale alg alt ang anp apa arc arn arp art arw ast ath aus awa bad bai bal ban bas bat bej bem ber bho bik bin bla bnt
bra btk bua bug byn cad cai car cau ceb cel chb chg chk chm chn cho chp chr chy cmc cop cpe cpf cpp crh crp csb
cus dak dar day del den dgr din doi dra dsb dua dum dyu efi egy eka elx enm ewo fan fat fil fiu fon frm fro frr frs
fur gaa gay gba gem gez gil gmh goh gon gor got grb grc gsw gwi hai haw hil him hit hmn hsb hup iba ijo ilo inc ine
inh ira iro jbo jpr jrb kaa kab kac kam kar kaw kbd kha khi kho kmb kok kos kpe krc krl kro kru kum kut lad lah lam
lez lol loz lua lui lun luo lus mad mag mai mak man map mas mdf mdr men mga mic min mkh mnc mni mno moh mos mun mus
mwl mwr myn myv nah nai nap nds new nia nic niu nog non nso nub nwc nym nyn nyo nzi osa ota oto paa pag pal pam
pap pau peo phi phn pon pra pro raj rap rar roa rom rup sad sah sai sal sam sas sat scn sco sel sem sga sgn shn sid
sio sit sla sma smi smj smn sms snk sog son srn srr ssa suk sus sux syr tai tem ter tet tig tiv tkl tlh tli tmh
tog tpi tsi tum tup tut tvl tyv udm uga umb vai vot wak wal war was wen xal yao yap ypk zap zen znd zun `
