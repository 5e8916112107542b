package classify

// reproaches are what one country says of another in a headline: "US sanctions
// Myanmar generals" is a story about Myanmar.
var reproaches = wordSet(`accuse accuses accused blast blasts blasted blames calls condemn condemns condemned condemning criticise criticises criticised
	criticize criticizes criticized demands denounce denounces denounced decries decry presses pressures raps rebukes sanction
	sanctions sanctioned scolds slam slams slammed summons urge urges urged warn warns warned sues rejects deplores tells backs hails
	welcomes mulls imposes threatens probes expels recalls lambasts chides acusa acusan condena condenan critica critican denuncia
	denuncian exige insta sanciona accusent condamne condamnent denonce denoncent exhorte sanctionne critique condanna accusa
	denunciano esorta chiede kecam mengecam desak mendesak kutuk mengutuk kinokondena осуждает осудил осудила осудили призывает
	призвал призвала обвиняет обвинил kınadı ندد تندد تدين يدين أدانت تدعو تطالب تتهم cobra acusam condenam denunciam pede beschuldigt
	fordert kritisiert mahnt ruegt rugt sanktioniert verurteilt warnt`)

// reproach returns where the first such word stands in the title, between two
// names of places; 0 if none does.
func reproach(f *folded, hits []placeHit) int {
	last := -1
	for _, h := range hits {
		if int(h.start) < f.title && h.code != "" {
			last = int(h.start)
		}
	}
	for at := 0; at < last; {
		word := wordAt(f.b, at)
		if reproaches[string(word)] {
			return at
		}
		at += len(word) + 1
	}
	return 0
}
