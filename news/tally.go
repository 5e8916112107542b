package news

// Came says how much came in a period.
type Came struct {
	Items   int // stored in it for the first time, and visible
	Stories int // dated to it, with something visible
}

// Tally is what happened in a period.
type Tally struct {
	All        Came
	Categories map[string]Came
	Corrected  int // items that their sources changed
	Withdrawn  int // items that were hidden or withdrawn
	Decisions  int // what the desk did to items and stories
}
