import { FormatError } from "../core/errors.ts";
import { PickleMachine, PickleProblem, type PickleVocabulary, setItems } from "./pickle-machine.ts";

/**
 * Reads a pickle (protocols 2 to 5) as data. Nothing is imported or run: a global outside of the vocabulary, an
 * instruction that torch never writes and any damage give a `FormatError` that names `file`. Dictionaries become
 * `Map`s, tuples and lists arrays, bytes `Uint8Array`s. Every instruction takes at least a byte and pushes at most one
 * value, values are shared and never walked, so time and memory are linear in the input.
 */
export function readPickle(file: string, bytes: Uint8Array, vocabulary: PickleVocabulary): unknown {
  const machine = new PickleMachine(bytes, vocabulary);
  try {
    return run(machine);
  } catch (cause) {
    if (!(cause instanceof PickleProblem)) throw cause;
    throw new FormatError(file, `its pickle ${cause.message}`, { cause, offset: machine.position });
  }
}

function run(machine: PickleMachine): unknown {
  for (;;) {
    const opcode = machine.byte();
    if (opcode === STOP) return machine.pop();
    const value = VALUES[opcode];
    const effect = EFFECTS[opcode];
    if (value !== undefined) machine.push(value(machine));
    else if (effect !== undefined) effect(machine);
    else throw new PickleProblem(`holds the instruction 0x${opcode.toString(16)}, which no checkpoint needs: refused`);
  }
}

type Instruction<Result> = (machine: PickleMachine) => Result;

const STOP = 0x2e;

/** Instructions that push what they give. */
const VALUES: Readonly<Record<number, Instruction<unknown>>> = {
  78: () => null, // NONE
  136: () => true, // NEWTRUE
  137: () => false, // NEWFALSE
  74: (machine) => machine.view.getInt32(machine.take(4), true), // BININT
  75: (machine) => machine.byte(), // BININT1
  77: (machine) => machine.view.getUint16(machine.take(2), true), // BININT2
  138: (machine) => machine.long(machine.byte()), // LONG1
  139: (machine) => machine.long(machine.size32()), // LONG4
  71: (machine) => machine.view.getFloat64(machine.take(8)), // BINFLOAT, big-endian

  85: (machine) => machine.text(machine.byte()), // SHORT_BINSTRING
  84: (machine) => machine.text(machine.size32()), // BINSTRING
  140: (machine) => machine.text(machine.byte()), // SHORT_BINUNICODE
  88: (machine) => machine.text(machine.size32()), // BINUNICODE
  141: (machine) => machine.text(machine.size64()), // BINUNICODE8
  67: (machine) => machine.container(machine.slice(machine.byte())), // SHORT_BINBYTES
  66: (machine) => machine.container(machine.slice(machine.size32())), // BINBYTES
  142: (machine) => machine.container(machine.slice(machine.size64())), // BINBYTES8
  150: (machine) => machine.container(machine.slice(machine.size64())), // BYTEARRAY8

  41: (machine) => machine.container([]), // EMPTY_TUPLE
  133: (machine) => machine.container(machine.popMany(1)), // TUPLE1
  134: (machine) => machine.container(machine.popMany(2)), // TUPLE2
  135: (machine) => machine.container(machine.popMany(3)), // TUPLE3
  116: (machine) => machine.container(machine.popToMark()), // TUPLE
  93: (machine) => machine.container([]), // EMPTY_LIST
  108: (machine) => machine.container(machine.popToMark()), // LIST
  125: (machine) => machine.container(new Map()), // EMPTY_DICT
  100: (machine) => machine.container(setItems(new Map(), machine.popToMark())), // DICT
  143: (machine) => machine.container(new Set()), // EMPTY_SET
  145: (machine) => machine.container(new Set(machine.popToMark())), // FROZENSET

  50: (machine) => machine.top(), // DUP
  104: (machine) => machine.recall(machine.byte()), // BINGET
  106: (machine) => machine.recall(machine.size32()), // LONG_BINGET

  99: (machine) => machine.global(machine.line(), machine.line()), // GLOBAL
  // STACK_GLOBAL
  147: (machine) => {
    const [module, name] = machine.popMany(2);
    return machine.global(module, name);
  },
  82: (machine) => machine.call(), // REDUCE
  129: (machine) => machine.call(), // NEWOBJ
  81: (machine) => machine.container(machine.vocabulary.persistentLoad(machine.pop())), // BINPERSID
};

/** Instructions that change what is already there. */
const EFFECTS: Readonly<Record<number, Instruction<void>>> = {
  // PROTO
  128: (machine) => {
    if (machine.byte() > 5) throw new PickleProblem("is of a protocol above 5");
  },
  // FRAME: bytes in memory need no frames.
  149: (machine) => {
    machine.take(8);
  },
  40: (machine) => machine.mark(), // MARK
  48: (machine) => machine.drop(), // POP
  // POP_MARK
  49: (machine) => {
    machine.popToMark();
  },
  97: (machine) => machine.append(machine.popMany(1)), // APPEND
  101: (machine) => machine.append(machine.popToMark()), // APPENDS
  144: (machine) => machine.addItems(machine.popToMark()), // ADDITEMS
  115: (machine) => machine.setItems(machine.popMany(2)), // SETITEM
  117: (machine) => machine.setItems(machine.popToMark()), // SETITEMS
  113: (machine) => machine.keep(machine.byte()), // BINPUT
  114: (machine) => machine.keep(machine.size32()), // LONG_BINPUT
  148: (machine) => machine.keep(machine.memo.size), // MEMOIZE
  // BUILD
  98: (machine) => {
    const state = machine.pop();
    machine.vocabulary.setState(machine.top(), state);
  },
};
