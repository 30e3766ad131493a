// The board's side of tracker-gui: outputs, pulses, a servo door, a feeder and buttons.
//
// Change the two tables below to what is wired to your board, and load this sketch with the Arduino program
// (File > Open, choose your board and port, Upload). In tracker-gui it is then under Tools > Devices.
// The lines it speaks stand in ../PROTOCOL.md. It needs only the Servo library, which comes with Arduino.
//
// Whenever the computer falls silent (it hangs, its program ends, the cable is pulled) every output goes to its
// safe value within the watchdog time, one second unless the computer asks for another.

#include <Arduino.h>
#include <Servo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum OutputKind { DIGITAL_KIND, PWM_KIND, SERVO_KIND, FEEDER_KIND };

struct Output {
  const char *name;  // no spaces, 12 letters at most
  uint8_t pin;
  OutputKind kind;
  int safe;                     // the value at which nothing can happen
  int low, high;                // allowed values: 0 1, 0 255, degrees, or portions
  unsigned long longest_on_ms;  // back to safe by itself after this; 0 for no limit
  unsigned long least_gap_ms;   // between two times it is switched on; 0 for none
};

struct Input {
  const char *name;
  uint8_t pin;  // a button between this pin and ground
};

// ---- change these ----------------------------------------------------------------------------------------------

const Output OUTPUTS[] = {
    {"door", 9, SERVO_KIND, 0, 0, 180, 0, 0},
    {"feeder", 10, FEEDER_KIND, 0, 0, 20, 0, 500},
    {"led", 13, DIGITAL_KIND, 0, 0, 1, 0, 0},
    {"light", 5, PWM_KIND, 0, 0, 255, 0, 0},
    {"out4", 4, DIGITAL_KIND, 0, 0, 1, 10000, 0},
    {"out7", 7, DIGITAL_KIND, 0, 0, 1, 10000, 0},
};

const Input INPUTS[] = {
    {"button1", 2},
    {"button2", 3},
};

const char BOARD_NAME[] = "reference";

// A portion of the feeder: its servo turns to the one angle, waits, turns back and waits.
const int FEEDER_REST_DEG = 0;
const int FEEDER_GIVE_DEG = 90;
const unsigned long FEEDER_HALF_MS = 300;

// ---- nothing below needs a change -------------------------------------------------------------------------------

const int OUTPUT_COUNT = sizeof(OUTPUTS) / sizeof(OUTPUTS[0]);
const int INPUT_COUNT = sizeof(INPUTS) / sizeof(INPUTS[0]);
const long BAUD = 115200;
const int VERSION = 1;
const int LONGEST_LINE = 96;
const long LAST_NUMBER = 0x7FFF;
const unsigned long ANNOUNCE_MS = 500;
const unsigned long DEBOUNCE_MS = 20;
const unsigned long LEAST_WATCHDOG_MS = 100, MOST_WATCHDOG_MS = 10000;
const long LONGEST_PULSE_MS = 600000;

int value[OUTPUT_COUNT];
bool is_on[OUTPUT_COUNT], has_pulse[OUTPUT_COUNT], was_on[OUTPUT_COUNT];
unsigned long on_since_ms[OUTPUT_COUNT], pulse_ms[OUTPUT_COUNT], pulse_began_ms[OUTPUT_COUNT];
unsigned long switched_on_ms[OUTPUT_COUNT], step_began_ms[OUTPUT_COUNT];
bool giving[OUTPUT_COUNT];
Servo servos[OUTPUT_COUNT];

bool pressed[INPUT_COUNT], wavering[INPUT_COUNT];
unsigned long wavering_since_ms[INPUT_COUNT];

char line[LONGEST_LINE + 1];
int line_length = 0;
bool skipping = false;

bool linked = false;
long last_number = 0;
unsigned long heard_ms = 0, announced_ms = 0, looped_ms = 0, watchdog_ms = 1000, answer_ms = 1000;

uint8_t crc8(const char *text) {
  uint8_t crc = 0;
  for (; *text; text++) {
    crc ^= (uint8_t)*text;
    for (int k = 0; k < 8; k++) crc = (crc & 0x80) ? (crc << 1) ^ 0x07 : crc << 1;
  }
  return crc;
}

void say(const char *text) {
  char check[5];
  snprintf(check, sizeof check, "*%02X\n", (unsigned)crc8(text));
  Serial.print(text);
  Serial.print(check);
}

void say_ready() {
  char text[LONGEST_LINE];
  snprintf(text, sizeof text, "READY tracker-gui-board %d %s", VERSION, BOARD_NAME);
  say(text);
  announced_ms = millis();
}

void say_number(const char *kind, long number, const char *reason) {
  char text[LONGEST_LINE];
  snprintf(text, sizeof text, reason[0] ? "%s %ld %s" : "%s %ld", kind, number, reason);
  say(text);
}

void say_input(int i) {
  char text[LONGEST_LINE];
  snprintf(text, sizeof text, "IN %s %d", INPUTS[i].name, pressed[i] ? 1 : 0);
  say(text);
}

// Brings one output to a value.
void put(int i, int wanted) {
  const Output &output = OUTPUTS[i];
  value[i] = wanted;
  if (output.kind == DIGITAL_KIND) digitalWrite(output.pin, wanted ? HIGH : LOW);
  if (output.kind == PWM_KIND) analogWrite(output.pin, wanted);
  if (output.kind == SERVO_KIND) servos[i].write(wanted);
  if (output.kind == FEEDER_KIND && wanted == output.safe) {
    servos[i].write(FEEDER_REST_DEG);
    giving[i] = false;
  }
  if (wanted == output.safe) {
    is_on[i] = has_pulse[i] = false;
  } else if (!is_on[i]) {
    // Said again while it is on, it is not on for longer.
    is_on[i] = true;
    on_since_ms[i] = millis();
  }
}

void all_safe() {
  for (int i = 0; i < OUTPUT_COUNT; i++) put(i, OUTPUTS[i].safe);
}

void begin_portion(int i) {
  servos[i].write(FEEDER_GIVE_DEG);
  giving[i] = true;
  step_began_ms[i] = millis();
}

void tend_feeder(int i) {
  if (value[i] <= 0 || millis() - step_began_ms[i] < FEEDER_HALF_MS) return;
  if (giving[i]) {
    servos[i].write(FEEDER_REST_DEG);
    giving[i] = false;
    step_began_ms[i] = millis();
    return;
  }
  put(i, value[i] - 1);
  if (value[i] > 0) begin_portion(i);
}

void tend_output(int i) {
  const Output &output = OUTPUTS[i];
  if (output.kind == FEEDER_KIND) tend_feeder(i);
  if (has_pulse[i] && millis() - pulse_began_ms[i] >= pulse_ms[i]) put(i, output.safe);
  if (output.longest_on_ms && is_on[i] && millis() - on_since_ms[i] >= output.longest_on_ms) {
    char text[LONGEST_LINE];
    put(i, output.safe);
    snprintf(text, sizeof text, "SAFE %s longest", output.name);
    say(text);
  }
}

void tend_input(int i) {
  bool down = digitalRead(INPUTS[i].pin) == LOW;
  if (down == pressed[i]) {
    wavering[i] = false;
  } else if (!wavering[i]) {
    wavering[i] = true;
    wavering_since_ms[i] = millis();
  } else if (millis() - wavering_since_ms[i] >= DEBOUNCE_MS) {
    pressed[i] = down;
    wavering[i] = false;
    if (linked) say_input(i);
  }
}

// Reads a whole number; false where the text is none.
bool read_number(const char *text, long *number) {
  if (!text || !*text || strlen(text) > 7) return false;
  char *end;
  *number = strtol(text, &end, 10);
  return *end == 0;
}

// SET name value, or PULSE name value ms. Returns why not, or an empty text.
const char *do_switch(bool pulse) {
  char *name = strtok(NULL, " ");
  long wanted, duration_ms = 0;
  if (!name || !read_number(strtok(NULL, " "), &wanted)) return "command";
  if (pulse && !read_number(strtok(NULL, " "), &duration_ms)) return "command";
  if (strtok(NULL, " ") || (pulse && (duration_ms < 1 || duration_ms > LONGEST_PULSE_MS))) return "command";
  for (int i = 0; i < OUTPUT_COUNT; i++) {
    const Output &output = OUTPUTS[i];
    if (strcmp(name, output.name)) continue;
    if (wanted < output.low || wanted > output.high) return "command";
    if (wanted != output.safe) {
      if (was_on[i] && millis() - switched_on_ms[i] < output.least_gap_ms) return "gap";
      was_on[i] = true;
      switched_on_ms[i] = millis();
      if (output.kind == FEEDER_KIND && value[i] == output.safe) begin_portion(i);
    }
    put(i, (int)wanted);
    has_pulse[i] = pulse && wanted != output.safe;
    pulse_ms[i] = (unsigned long)duration_ms;
    pulse_began_ms[i] = millis();
    return "";
  }
  return "command";
}

void list_all() {
  const char *kinds[] = {"digital", "pwm", "servo", "feeder"};
  char text[LONGEST_LINE];
  for (int i = 0; i < OUTPUT_COUNT; i++) {
    const Output &output = OUTPUTS[i];
    snprintf(text, sizeof text, "OUT %s %s %d %d %d %lu %lu", output.name, kinds[output.kind], output.safe,
             output.low, output.high, output.longest_on_ms, output.least_gap_ms);
    say(text);
  }
  for (int i = 0; i < INPUT_COUNT; i++) say_input(i);
}

void greet(long number) {
  long version, wanted_ms, wanted_answer_ms;
  if (!read_number(strtok(NULL, " "), &version) || version != VERSION || !read_number(strtok(NULL, " "), &wanted_ms) ||
      !read_number(strtok(NULL, " "), &wanted_answer_ms) || strtok(NULL, " ")) {
    say_number("ERR", number, "version");
    return;
  }
  all_safe();
  linked = true;
  last_number = number;
  heard_ms = millis();
  answer_ms = (unsigned long)wanted_answer_ms;
  watchdog_ms = constrain((unsigned long)wanted_ms, LEAST_WATCHDOG_MS, MOST_WATCHDOG_MS);
  say_number("ACK", number, "");
}

// Obeys one line whose check sum is right.
void obey(char *text) {
  long number;
  if (!read_number(strtok(text, " "), &number) || number < 1 || number > LAST_NUMBER) return;
  const char *verb = strtok(NULL, " ");
  if (!verb) verb = "";
  if (!strcmp(verb, "HELLO")) {
    greet(number);
    return;
  }
  if (!linked) {
    say_number("ERR", number, "hello");
    return;
  }
  heard_ms = millis();
  long ahead = (number + LAST_NUMBER - last_number) % LAST_NUMBER;
  if (ahead < 1 || ahead > LAST_NUMBER / 2) {
    say_number("ERR", number, "old");
    return;
  }
  last_number = number;
  const char *problem = "";
  if (!strcmp(verb, "SAFE") || !strcmp(verb, "BYE")) all_safe();
  else if (!strcmp(verb, "LIST")) list_all();
  else if (!strcmp(verb, "SET")) problem = do_switch(false);
  else if (!strcmp(verb, "PULSE")) problem = do_switch(true);
  else if (strcmp(verb, "PING")) problem = "command";
  say_number(problem[0] ? "ERR" : "ACK", number, problem);
  if (!strcmp(verb, "BYE")) {
    linked = false;
    say_ready();
  }
}

void end_line() {
  line[line_length] = 0;
  char *star = strrchr(line, '*');
  if (!star || strlen(star) != 3) return;
  char check[3] = {star[1], star[2], 0};
  char *end;
  long wanted = strtol(check, &end, 16);
  *star = 0;
  if (*end == 0 && wanted == crc8(line)) obey(line);
}

void read_serial() {
  while (Serial.available() > 0) {
    char c = (char)Serial.read();
    if (c == '\n') {
      if (!skipping && line_length) end_line();
      line_length = 0;
      skipping = false;
    } else if (c != '\r' && !skipping) {
      if (line_length < LONGEST_LINE) line[line_length++] = c;
      else skipping = true;
    }
  }
}

void setup() {
  for (int i = 0; i < OUTPUT_COUNT; i++) {
    const Output &output = OUTPUTS[i];
    if (output.kind == SERVO_KIND || output.kind == FEEDER_KIND) servos[i].attach(output.pin);
    else pinMode(output.pin, OUTPUT);
  }
  all_safe();
  for (int i = 0; i < INPUT_COUNT; i++) pinMode(INPUTS[i].pin, INPUT_PULLUP);
  Serial.begin(BAUD);
  say_ready();
}

// After a pause of its own the board does not know how old that is which waits, and the computer has given it up.
void drop_serial() {
  while (Serial.available() > 0) Serial.read();
  line_length = 0;
  skipping = true;
}

void loop() {
  unsigned long paused_ms = millis() - looped_ms;
  looped_ms += paused_ms;
  if (linked && paused_ms > answer_ms) drop_serial();
  if (linked && millis() - heard_ms > watchdog_ms) {
    all_safe();
    linked = false;
    say("SAFE silent");
    say_ready();
  }
  read_serial();
  if (!linked && millis() - announced_ms >= ANNOUNCE_MS) say_ready();
  for (int i = 0; i < OUTPUT_COUNT; i++) tend_output(i);
  for (int i = 0; i < INPUT_COUNT; i++) tend_input(i);
}
