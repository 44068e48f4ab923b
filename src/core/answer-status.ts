/** Whether an answer rests on something: `no-evidence` where the photos show nothing, or nothing in common. */
export type AnswerStatus = "ok" | "no-evidence";
